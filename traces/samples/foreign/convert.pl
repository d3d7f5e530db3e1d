#!/usr/bin/perl
# Writes a lackey trace (standard input) in another format, by that format's documentation:
#
#   perl convert.pl csv|champsim|drmemtrace|view < pages.lackey > FILE
#
# ChampSim: inc/trace_instruction.h; drmemtrace: clients/drcachesim/common/trace_entry.h and tools/view.cpp.
use strict;
use warnings;
no warnings 'portable';  # addresses have 64 bits

my $format = shift // '';
die "usage: convert.pl csv|champsim|drmemtrace|view\n" unless $format =~ /^(csv|champsim|drmemtrace|view)$/;
binmode STDOUT;

my $tid = 4711;
my ($record, $instruction, $pc) = (5, 0, 0);
my ($held, @load, @store) = (undef);

sub entry { print pack 'vvQ<', @_ }

sub view { printf "%12d %11d: %11d %s\n", ++$record, $instruction, $tid, shift }

# An instruction of ChampSim: ip, is_branch, branch_taken, registers (none), 2 stores, 4 loads. What is beyond is lost.
sub flush_champsim {
    return unless defined $held;
    print pack 'Q<C8Q<6', $held, (0) x 8, (@store, 0, 0)[0, 1], (@load, 0, 0, 0, 0)[0 .. 3];
    ($held, @load, @store) = (undef);
}

if ($format eq 'csv') {
    print "kind,va,size\n";
} elsif ($format eq 'drmemtrace') {
    # header, thread, process, version, file type (x86-64), line size, timestamp, CPU 0
    entry(25, 0, 7); entry(22, 8, $tid); entry(24, 8, $tid); entry(28, 12, 7); entry(28, 9, 0x40);
    entry(28, 10, 64); entry(28, 2, 0); entry(28, 3, 0);
} elsif ($format eq 'view') {
    print "Output format:\n<--record#-> <--instr#->: <---tid---> <record details>\n", '-' x 60, "\n";
    $record = 0;
    view('<marker: version 7>'); view('<marker: filetype 0x40>'); view('<marker: cache line size 64>');
    view('<marker: timestamp 0>'); view("<marker: tid $tid on core 0>");
}

while (<STDIN>) {
    next unless /^(?:I | (?=[LSM]))\s?([LSM]?)\s*([0-9a-f]+),(\d+)$/;
    my ($kind, $va, $size) = ($1 || 'I', hex $2, $3);
    if ($kind eq 'I') {
        $pc = $va;
        $instruction++;
        flush_champsim() if $format eq "champsim";
        $held = $va;
    }
    for my $op ($kind eq 'M' ? ('L', 'S') : ($kind)) {
        if ($format eq 'csv') {
            printf "%s,0x%x,%d\n", $op, $va, $size;
        } elsif ($format eq 'drmemtrace') {
            entry($op eq 'I' ? 10 : $op eq 'L' ? 0 : 1, $size, $va);
        } elsif ($format eq 'view') {
            my $name = $op eq 'I' ? 'ifetch' : $op eq 'L' ? 'read' : 'write';
            view(sprintf '%-12s%2d byte(s) @ 0x%016x%s', $name, $size, $va,
                $op eq 'I' ? ' non-branch' : sprintf(' by PC 0x%016x', $pc));
        } elsif ($op ne 'I') {
            push @{ $op eq 'L' ? \@load : \@store }, $va;
        }
    }
}
flush_champsim() if $format eq 'champsim';
if ($format eq 'drmemtrace') { entry(23, 8, $tid); entry(26, 0, 0); }
if ($format eq 'view') { view("<thread $tid exited>"); }
