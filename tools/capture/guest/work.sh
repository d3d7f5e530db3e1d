# What a guest does unless it is told: processes that come and go, anonymous and file pages, pipes, much of /proc and /sys.
work=/tmp/work.$$
mkdir -p $work
cd $work || exit
dd if=/dev/urandom of=random bs=16k count=4 2>/dev/null
dd if=/dev/zero of=zero bs=256k count=4 2>/dev/null
sha256sum random
find /sys/devices/system /proc/sys/kernel -type f 2>/dev/null | sort -r | md5sum
for i in 1 2 3 4; do
    (
        gzip -c random >random.$i.gz
        cat /proc/meminfo /proc/vmstat /proc/self/maps >state.$i
        rm random.$i.gz
    ) &
done
wait
od -An -tx4 random | head -n 500 | sort | uniq | wc -l
awk 'BEGIN { for (i = 0; i < 3000; i++) a[i * 7919 % 100003] = i; for (k in a) s += a[k]; print s }'
cp zero copy
cmp zero copy
cd /
rm -rf $work
