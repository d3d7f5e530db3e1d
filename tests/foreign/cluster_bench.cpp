// A cluster of two cores: its caches, who waits for whom, maintenance, counters, and data that lies in two pages.
#include "tests/foreign/rigs.h"

constexpr unsigned LATENCY = 30, BUSY = 20; // of the memory, in cycles
constexpr unsigned L2 = 14, L1 = 3;         // as params say

static void later()
{
    sc_core::wait(10, sc_core::SC_US);
}

static void check_times(checks &c, cluster_rig &rig)
{
    for (unsigned page = 0; page < 8; page++)
        map(rig.memory, page, 0x100000 + va_of(page), WRITE_BACK);
    map(rig.memory, 8, 0x180000, DEVICE);

    answer a = rig.core0.load(0x10, rig.memory.bytes.data(), 8);
    c.equal("a walk from memory", a.access.xlat[0], 2 + 11 + 3 * (L2 + LATENCY) + 2 * 2);
    c.equal("its line from memory", a.access.lines, L2 + LATENCY - L1);
    c.equal("delay", cycles_of(rig.shared, a.took), a.access.xlat[0] + a.access.lines);
    later();
    a = rig.core0.touch(ACCESS_LOAD, 0x18, 8);
    c.equal("a hit everywhere takes nothing", a.took.value(), 0);
    a = rig.core0.touch(ACCESS_LOAD, va_of(1), 8);
    c.equal("a walk whose descriptor L1 has", a.access.xlat[0], 2 + 11 + L1);
    later();
    sc_core::wait(101, sc_core::SC_PS); // at no multiple of a cycle
    a = rig.core1.touch(ACCESS_LOAD, va_of(0), 8);
    c.equal("a walk whose tables the other core has", a.access.xlat[0], 2 + 11 + 3 * L2 + 2 * 2);
    c.equal("and whose line it has", a.access.lines, L2 - L1);
    later();
    a = rig.core0.touch(ACCESS_LOAD, va_of(8), 4);
    c.equal("Device, past the caches", a.access.lines, L2 + LATENCY - L1);
    c.equal("Device again", rig.core0.touch(ACCESS_LOAD, va_of(8), 4).access.lines, L2 + LATENCY - L1);
    later();
    a = rig.core0.touch(ACCESS_STORE, va_of(8), 4);
    c.equal("a store is not waited for", a.access.lines, 0);
    later();
}

// Both at once, each for a line of its own: the second finds the L2's port taken, and then the memory.
static void check_contention(checks &c, cluster_rig &rig)
{
    const unsigned behind = rig.memory.ways.debug ? BUSY : 4;

    rig.core1.touch(ACCESS_LOAD, va_of(1), 8);
    later();
    rig.core0.waits = false;
    answer a = rig.core0.touch(ACCESS_LOAD, va_of(1) + 0x400, 8);
    rig.core0.waits = true;
    answer b = rig.core1.touch(ACCESS_LOAD, va_of(1) + 0x800, 8);
    c.equal("the first", a.access.lines, L2 + LATENCY - L1);
    c.equal("the second, behind it", b.access.lines, L2 + behind + LATENCY - L1);
    c.equal("of which for the L2", rig.cluster.counts(1).v[COUNT_LINE_WAIT], 4);
    c.equal("told by whom", rig.shared.waits().cell[RESOURCE_L2][ASKER_LINE][1][0].cycles, 4);
    later();
}

static void check_data(checks &c, cluster_rig &rig)
{
    rig.core0.store64(0x40, 0x0123456789ABCDEF);
    c.equal("a store is in memory", rig.memory.read64(0x100040), 0x0123456789ABCDEF);
    c.equal("for all to see", rig.core1.load64(0x40), 0x0123456789ABCDEF);
    rig.core1.store64(va_of(8) + 8, 0x55);
    c.equal("a Device's, too", rig.memory.read64(0x180008), 0x55);
    c.equal("and back", rig.core0.load64(va_of(8) + 8), 0x55);

    std::uint64_t word = 0;
    map(rig.memory, 100, unclaimed, WRITE_BACK);
    map(rig.memory, 101, unclaimed, DEVICE);
    answer a = rig.core0.load(va_of(100), &word, 8);
    c.equal("cached data where nobody answers", a.response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    c.equal("again", rig.core0.load(va_of(100), &word, 8).response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    c.equal("is no fault", a.access.fault.type, FAULT_NONE);
    c.equal("nor is a store", rig.core0.store64(va_of(100) + 8, 1).response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    c.equal("a Device where nobody answers", rig.core0.load(va_of(101), &word, 8).response,
            tlm::TLM_ADDRESS_ERROR_RESPONSE);
    a = rig.core1.load(0x200008, &word, 8);
    c.equal("a walk where nobody answers", a.access.fault.type, FAULT_EXTERNAL_ON_WALK);
    c.equal("is no error of the bus", a.response, tlm::TLM_OK_RESPONSE);
    c.equal("ESR_EL1: DFSC 0x17", a.access.exception.esr, 0x96000017);
    a = rig.core1.load(va_of(102), &word, 8);
    c.equal("ESR_EL1: DFSC 7", a.access.exception.esr, 0x96000007);
    c.equal("FAR_EL1", a.access.exception.far, va_of(102));
    c.equal("no exception is left over", rig.core1.load(0, &word, 8).access.exception.esr, 0);
    c.equal("more than a core can ask for",
            rig.core0.make(ACCESS_FETCH, tlm::TLM_IGNORE_COMMAND, 0, nullptr, 128).response,
            tlm::TLM_BURST_ERROR_RESPONSE);
}

void check_cluster(checks &c, cluster_rig &rig)
{
    c.about(std::string(rig.cluster.name()) + " times");
    check_times(c, rig);
    check_contention(c, rig);
    c.about(std::string(rig.cluster.name()) + " data");
    check_data(c, rig);
    c.about(std::string(rig.cluster.name()) + " counters");
    const struct counts &n = rig.cluster.counts(0);
    c.equal("walks", n.v[COUNT_WALK], n.v[COUNT_MAIN_TLB_REFILL]);
    c.equal("fetches, by where they were", n.v[COUNT_WALK_FETCH],
            n.v[COUNT_WALK_FETCH_S1_L1] + n.v[COUNT_WALK_FETCH_S1_L2] + n.v[COUNT_WALK_FETCH_S1_L3]);
    c.holds("some in L1", n.v[COUNT_WALK_FETCH_L1D] > 0);
    c.equal("Device accesses", n.v[COUNT_EXT_MEM_REQ_NC], 5);
    c.holds("cycles", n.v[COUNT_CPU_CYCLES] >= n.v[COUNT_XLAT_CYCLES]);
}

// Cycles of a walk's fetches, whose lines are all near.
static unsigned in_caches(const answer &a)
{
    unsigned cycles = 0;

    for (unsigned i = 0; i < a.access.steps[0].count; i++) {
        const struct step &step = a.access.steps[0].step[i];
        if (step.kind == STEP_FETCH)
            cycles += step.found == LEVEL_L1 ? L1 : L2;
    }
    return cycles;
}

// Broadcast maintenance: 20 cycles to the other core, its work, 20 back.
void check_cluster_maintenance(checks &c, cluster_rig &rig)
{
    const struct tlbi local = tlbi_make(TLBI_VAAE1, false, 0x3, 1, &rig.cluster.registers(0));
    const struct tlbi all = tlbi_make(TLBI_VMALLE1, true, 0, 1, &rig.cluster.registers(1));

    c.about(std::string(rig.cluster.name()) + " maintenance");
    rig.core0.touch(ACCESS_LOAD, va_of(3), 8);
    rig.core1.touch(ACCESS_LOAD, va_of(3), 8);
    later();
    map(rig.memory, 3, 0x190000, WRITE_BACK);
    rig.cluster.invalidate(0, local);
    c.equal("a local one here", rig.core0.touch(ACCESS_LOAD, va_of(3), 8).access.pa.v, 0x190000);
    c.equal("is none there", rig.core1.touch(ACCESS_LOAD, va_of(3), 8).access.pa.v, 0x103000);
    later();
    c.equal("its time", cycles_of(rig.shared, rig.core0.maintain(local)), 4);
    later();
    rig.cluster.invalidate(1, all);
    sc_core::wait(101, sc_core::SC_PS);
    c.equal("a broadcast one's", cycles_of(rig.shared, rig.core1.maintain(all)), 20 + 160 + 20);
    rig.core0.local = rig.shared.delay(30);
    const answer a = rig.core0.touch(ACCESS_LOAD, va_of(3), 8);
    rig.core0.local = sc_core::SC_ZERO_TIME;
    c.equal("which reached the other core", a.access.fetches, 3);
    c.equal("and keeps its look-ups waiting", a.access.xlat[0], 20 + 160 - 30 + 2 + 11 + in_caches(a) + 2 * 2);
    later();
    c.equal("everyone", rig.core1.touch(ACCESS_LOAD, va_of(3), 8).access.pa.v, 0x190000);
    c.equal("executed", rig.cluster.counts(1).v[COUNT_TLBI], 1);
    c.equal("received", rig.cluster.counts(0).v[COUNT_TLBI_RECEIVED], 1);
    later();
}

// One access, two pages that lie apart.
static void cross(checks &c, cluster_rig &rig, attr_index first, attr_index second)
{
    const std::uint64_t va = va_of(31) - 3, low = 0x1B0FFD, high = 0x1D0000;

    map(rig.memory, 30, low & ~0xFFFull, first);
    map(rig.memory, 31, high, second);
    rig.cluster.invalidate(0, tlbi_make(TLBI_VMALLE1, true, 0, 1, &rig.cluster.registers(0)));
    std::memset(rig.memory.bytes.data() + low, 0, 16);
    std::memset(rig.memory.bytes.data() + high - 8, 0, 16);

    answer a = rig.core0.store64(va, 0x8877665544332211);
    c.equal("response", a.response, tlm::TLM_OK_RESPONSE);
    c.equal("first PA", a.access.pa.v, low);
    c.equal("second PA", a.access.next_pa.v, high);
    c.holds("both were translated", a.access.xlat[0] > 0 && a.access.xlat[1] > 0);
    c.equal("the first page's bytes", rig.memory.read64(low), 0x332211);
    c.equal("the second page's bytes", rig.memory.read64(high), 0x8877665544);
    c.equal("none before them", rig.memory.read64(high - 8), 0);
    c.equal("read back", rig.core1.load64(va), 0x8877665544332211);
    c.equal("within a page there is no second", rig.core0.store64(va_of(30), 0).access.next_pa.v, 0);
    later();
}

void check_crossing(checks &c, cluster_rig &rig)
{
    const std::string name = rig.cluster.name();

    c.about(name + " crossing, cached");
    cross(c, rig, WRITE_BACK, WRITE_BACK);
    c.about(name + " crossing, past the caches");
    cross(c, rig, NON_CACHEABLE, NON_CACHEABLE);
    c.about(name + " crossing into cached");
    cross(c, rig, NON_CACHEABLE, WRITE_BACK);
    c.about(name + " crossing out of cached");
    cross(c, rig, WRITE_BACK, NON_CACHEABLE);

    for (const attr_index first : { WRITE_BACK, NON_CACHEABLE }) {
        c.about(name + " crossing into a fault");
        map(rig.memory, 30, 0x1B0000, first);
        rig.memory.write64(level3_table + 8 * 31, 0);
        rig.cluster.invalidate(0, tlbi_make(TLBI_VMALLE1, true, 0, 1, &rig.cluster.registers(0)));
        rig.memory.write64(0x1B0FF8, 0x5555);
        const answer a = rig.core0.store64(va_of(31) - 4, ~0ull);
        c.equal("of the second page", a.access.exception.far, va_of(31));
        c.equal("response", a.response, tlm::TLM_OK_RESPONSE);
        c.equal("nothing is stored", rig.memory.read64(0x1B0FF8), 0x5555);
        later();
    }
    c.about(name + " crossing, Device");
    map(rig.memory, 30, 0x1B0000, DEVICE);
    rig.cluster.invalidate(0, tlbi_make(TLBI_VMALLE1, true, 0, 1, &rig.cluster.registers(0)));
    c.equal("an alignment fault", rig.core0.store64(va_of(31) - 4, 0).access.fault.type, FAULT_ALIGNMENT);
}
