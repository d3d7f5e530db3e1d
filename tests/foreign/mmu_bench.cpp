// An MMU by itself: addresses, types, faults, data, and each cycle of it.
#include "tests/foreign/rigs.h"

constexpr unsigned LATENCY = 10; // of the memory, in cycles

static std::uint64_t cycles_for(const answer &a)
{
    return a.access.xlat[0];
}

// From nothing known to a micro-TLB hit, and what lies between. Times are added up as README and params say:
// 2 a main TLB look-up, 11 a walk, 2 each fetch but the first, and the memory's.
static void check_times(checks &c, mmu_rig &rig)
{
    for (unsigned page = 0; page < 16; page++)
        map(rig.memory, page, 0x100000 + va_of(page), WRITE_BACK);

    answer a = rig.core.touch(ACCESS_LOAD, 0x10, 8);
    c.equal("a walk of three fetches", cycles_for(a), 2 + 11 + 3 * LATENCY + 2 * 2);
    c.equal("and the access", cycles_of(rig.shared, a.took), cycles_for(a) + LATENCY);
    c.equal("fetches", a.access.fetches, 3);
    c.equal("hit", a.access.hit, HIT_WALK);
    a = rig.core.touch(ACCESS_LOAD, 0x18, 8);
    c.equal("a micro-TLB hit takes nothing", cycles_for(a), 0);
    c.equal("but the access", cycles_of(rig.shared, a.took), LATENCY);
    for (unsigned page = 1; page < 12; page++) {
        a = rig.core.touch(ACCESS_LOAD, va_of(page), 8);
        c.equal("a walk that the walk cache shortens", cycles_for(a), 2 + 11 + LATENCY);
    }
    a = rig.core.touch(ACCESS_LOAD, 0x10, 8);
    c.equal("a main TLB hit", cycles_for(a), 2);
    c.equal("which says so", a.access.hit, HIT_TLB);
    rig.core.local = sc_core::sc_time(12345, sc_core::SC_PS); // ahead of the kernel, and no multiple of a cycle
    a = rig.core.touch(ACCESS_LOAD, va_of(1), 8);
    c.equal("in a quantum", cycles_of(rig.shared, a.took), 2 + LATENCY);
    rig.core.local = sc_core::SC_ZERO_TIME;
    for (unsigned part = 1; part < 8; part++) { // of a cycle
        sc_core::wait(101, sc_core::SC_PS);
        a = rig.core.touch(ACCESS_LOAD, va_of(12 + part % 4), 8);
        c.equal("at any time", cycles_of(rig.shared, a.took), (part < 5 ? 2 + 11 + LATENCY : 0) + LATENCY);
    }
    sc_core::wait(1, sc_core::SC_US);
}

static void check_data(checks &c, mmu_rig &rig)
{
    map(rig.memory, 20, 0x200000, WRITE_BACK);
    map(rig.memory, 21, 0x201000, DEVICE);

    answer a = rig.core.store64(va_of(20) + 8, 0x1122334455667788);
    c.equal("response", a.response, tlm::TLM_OK_RESPONSE);
    c.equal("PA", a.access.pa.v, 0x200008);
    c.equal("IPA", a.access.ipa.v, 0x200008);
    c.equal("Write-Back", a.access.type.result.attr, 0xFF);
    c.equal("Inner Shareable", a.access.type.result.sh, SH_ISH);
    c.holds("cached", a.access.type.cached);
    c.holds("a target's DMI is not the initiator's", !a.dmi_allowed);
    c.equal("the initiator's address is its own again", rig.core.payload().get_address(), va_of(20) + 8);
    c.equal("in memory", rig.memory.read64(0x200008), 0x1122334455667788);
    c.equal("read back", rig.core.load64(va_of(20) + 8), 0x1122334455667788);
    a = rig.core.store64(va_of(21), 0x99);
    c.equal("Device-nGnRE", a.access.type.result.attr, 0x04);
    c.equal("Outer Shareable", a.access.type.result.sh, SH_OSH);
    c.equal("a Device's bytes", rig.memory.read64(0x201000), 0x99);

    std::vector<unsigned char> zero(64);
    rig.memory.bytes[0x2007FF] = rig.memory.bytes[0x200840] = 0xAB;
    a = rig.core.make(ACCESS_ZVA, tlm::TLM_WRITE_COMMAND, va_of(20) + 0x83C, zero.data(), 64);
    c.equal("DC ZVA", a.response, tlm::TLM_OK_RESPONSE);
    c.equal("its block and no more", rig.memory.bytes[0x2007FF], 0xAB);
    c.equal("its block and no more", rig.memory.bytes[0x200840], 0xAB);

    start_stage2([&](enum sysreg reg, std::uint64_t value) { rig.mmu.write_sysreg(reg, value); });
    a = rig.core.touch(ACCESS_LOAD, va_of(20), 8);
    c.equal("both stages: stage 1 says", a.access.type.s1.attr, 0xFF);
    c.equal("both stages: Device-nGnRnE", a.access.type.result.attr, 0x00);
    c.equal("both stages: Outer Shareable", a.access.type.result.sh, SH_OSH);
    c.equal("both stages: PA", a.access.pa.v, 0x200000);
    rig.mmu.write_sysreg(SYSREG_HCR_EL2, 0);
}

static void check_faults(checks &c, mmu_rig &rig)
{
    const std::uint64_t nowhere = va_of(100) + 0x28, behind = 0x200000 + 0x30;

    answer a = rig.core.load(nowhere, nullptr, 8);
    c.equal("no data pointer", a.response, tlm::TLM_GENERIC_ERROR_RESPONSE);
    std::uint64_t word = 0;
    a = rig.core.load(nowhere, &word, 8);
    c.equal("a fault is an answer", a.response, tlm::TLM_OK_RESPONSE);
    c.equal("translation fault", a.access.fault.type, FAULT_TRANSLATION);
    c.equal("of level 3", a.access.fault.level, 3);
    c.equal("ESR_EL1: Data Abort, same EL, DFSC 7", a.access.exception.esr, 0x96000007);
    c.equal("FAR_EL1", a.access.exception.far, nowhere);
    c.equal("taken to EL1", a.access.exception.el, 1);
    c.equal("no PA", a.access.pa.v, 0);
    c.equal("not cached: the fetches again", rig.core.store64(nowhere, 1).access.fetches, 1);

    a = rig.core.load(behind, &word, 8);
    c.equal("a walk where nobody answers", a.access.fault.type, FAULT_EXTERNAL_ON_WALK);
    c.equal("is no error of the bus", a.response, tlm::TLM_OK_RESPONSE);
    c.equal("ESR_EL1: DFSC 0x17", a.access.exception.esr, 0x96000017);
    c.equal("FAR_EL1", a.access.exception.far, behind);

    map(rig.memory, 101, unclaimed, WRITE_BACK);
    a = rig.core.load(va_of(101), &word, 8);
    c.equal("data where nobody answers", a.response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    c.equal("is no fault", a.access.fault.type, FAULT_NONE);
    c.equal("has a PA", a.access.pa.v, unclaimed);

    a = rig.core.touch(ACCESS_CACHE_READ, va_of(20), 1);
    c.equal("cache maintenance translates", a.access.pa.v, 0x200000);
    const std::size_t before = rig.memory.log.size();
    rig.core.touch(ACCESS_CACHE_READ, va_of(20), 1);
    c.equal("and accesses nothing", rig.memory.log.size(), before);
}

static void check_maintenance(checks &c, mmu_rig &rig)
{
    const struct tlbi one = tlbi_make(TLBI_VAE1, false, 0x2, 1, &rig.mmu.registers());
    const struct tlbi all = tlbi_make(TLBI_VMALLE1, false, 0, 1, &rig.mmu.registers());

    rig.core.touch(ACCESS_LOAD, va_of(2), 8);
    map(rig.memory, 2, 0x300000, WRITE_BACK);
    c.equal("old until told", rig.core.touch(ACCESS_LOAD, va_of(2), 8).access.pa.v, 0x102000);
    rig.mmu.invalidate(one);
    answer a = rig.core.touch(ACCESS_LOAD, va_of(2), 8);
    c.equal("new when told", a.access.pa.v, 0x300000);
    c.equal("after a walk without walk cache", a.access.fetches, 3);
    c.equal("no time as a function", rig.core.touch(ACCESS_LOAD, va_of(2), 8).access.xlat[0], 0);
    c.equal("one address", cycles_of(rig.shared, rig.core.maintain(one)), 4);
    sc_core::wait(1, sc_core::SC_US);
    rig.mmu.invalidate(all);
    c.equal("every entry", cycles_of(rig.shared, rig.core.maintain(all)), 160);
    a = rig.core.touch(ACCESS_LOAD, va_of(2), 8);
    c.equal("a look-up behind it waits", cycles_for(a), 160 + 2 + 11 + 3 * LATENCY + 2 * 2);
    sc_core::wait(1, sc_core::SC_US);

    const struct at_result at = rig.mmu.execute_at({ AT_S1E1R, 1, VA(va_of(2) + 0x123) });
    c.equal("AT", at.pa.v, 0x300123);
    c.equal("AT: PAR_EL1", rig.mmu.registers().v[SYSREG_PAR_EL1], at.par);
}

void check_mmu(checks &c, mmu_rig &rig)
{
    c.about(std::string(rig.mmu.name()) + " times");
    check_times(c, rig);
    c.about(std::string(rig.mmu.name()) + " data");
    check_data(c, rig);
    c.about(std::string(rig.mmu.name()) + " faults");
    check_faults(c, rig);
    c.about(std::string(rig.mmu.name()) + " maintenance");
    check_maintenance(c, rig);
    c.about(std::string(rig.mmu.name()) + " counters");
    const struct counts &n = rig.mmu.counts();
    c.equal("TLBI", n.v[COUNT_TLBI], 2);
    c.equal("fetches, by stage and level", n.v[COUNT_WALK_FETCH],
            n.v[COUNT_WALK_FETCH_S1_L1] + n.v[COUNT_WALK_FETCH_S1_L2] + n.v[COUNT_WALK_FETCH_S1_L3] +
                n.v[COUNT_WALK_FETCH_S2_L1]);
    c.holds("stage 2 fetched", n.v[COUNT_WALK_FETCH_S2_L1] > 0);
    c.equal("waited for maintenance", n.v[COUNT_XLAT_WAIT], 160);
    c.equal("faults", n.v[COUNT_FAULT_STAGE1], 3);
}

// What is no access.
void check_mmu_errors(checks &c, mmu_rig &rig)
{
    std::uint64_t words[9] = {};
    initiator &core = rig.core;
    unsigned char *data = reinterpret_cast<unsigned char *>(words);

    c.about("errors");
    c.equal("a page crossed", core.load(va_of(0) + 0xFFC, words, 8).response, tlm::TLM_BURST_ERROR_RESPONSE);
    c.equal("no power of two", core.load(0, words, 12).response, tlm::TLM_BURST_ERROR_RESPONSE);
    c.equal("a load that writes", core.make(ACCESS_LOAD, tlm::TLM_WRITE_COMMAND, 0, data, 8).response,
            tlm::TLM_COMMAND_ERROR_RESPONSE);
    c.equal("a store that reads", core.make(ACCESS_STORE, tlm::TLM_READ_COMMAND, 0, data, 8).response,
            tlm::TLM_COMMAND_ERROR_RESPONSE);
    c.equal("an AT", core.touch(ACCESS_AT_READ, 0, 1).response, tlm::TLM_COMMAND_ERROR_RESPONSE);
    c.equal("no kind", core.touch(ACCESS_KIND_COUNT, 0, 1).response, tlm::TLM_COMMAND_ERROR_RESPONSE);
    core.el = 3;
    c.equal("EL3", core.touch(ACCESS_LOAD, 0, 1).response, tlm::TLM_GENERIC_ERROR_RESPONSE);
    core.el = 1;
    core.load(0, words, 8);
    core.payload().set_byte_enable_ptr(data);
    core.payload().set_byte_enable_length(8);
    c.equal("byte enables", core.send().response, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    core.load(0, words, 8);
    core.payload().set_streaming_width(4);
    c.equal("streaming", core.send().response, tlm::TLM_BURST_ERROR_RESPONSE);
    c.equal("none of them took time", core.send().took.value(), 0);

    tlm::tlm_generic_payload bare;
    sc_core::sc_time delay;
    stagewalk::payload_set(bare, tlm::TLM_READ_COMMAND, 0, data, 8);
    core.socket->b_transport(bare, delay);
    c.equal("no extension", bare.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    core.maintenance->b_transport(bare, delay);
    c.equal("no extension of maintenance", bare.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    c.equal("no debug transport by VA", core.socket->transport_dbg(bare), 0);
}
