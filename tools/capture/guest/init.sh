#!/stagewalk/busybox sh
# The first program of a captured guest, whatever initrd it came with. Whether this guest is the captured one, or keeps
# itself busy beside it, its kernel's command line tells: stagewalk=capture or stagewalk=beside.
here=/stagewalk
$here/busybox --install -s $here/bin
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$here/bin HOME=/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec </dev/null >/dev/kmsg 2>&1 # the console may be anybody's; /dev/kmsg reaches it, and is there without one

if grep -q stagewalk=beside /proc/cmdline; then
    echo "stagewalk: beside"
    while true; do
        sh $here/work >/dev/null 2>&1
        sleep 1
    done
fi

echo "stagewalk: $(uname -rm), hypervisor $(cat /sys/hypervisor/type 2>/dev/null || echo none)"
sleep 1 # until the last drivers have settled
if [ -e $here/warm ]; then
    sh $here/command >/dev/null 2>&1
fi
echo "stagewalk: window opens"
$here/open
sh $here/command >$here/output 2>&1 # printing would be most of what is captured
status=$?
if [ $status -ne 0 ]; then
    tail -n 5 $here/output
    echo "stagewalk: the command ended with status $status"
fi
$here/close
sleep 1
poweroff -f
