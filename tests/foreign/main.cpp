// Another SystemC platform: its own sc_main, initiators and memories, on an installed stagewalk.
#define SC_INCLUDE_DYNAMIC_PROCESSES
#include "tests/foreign/rigs.h"

#include "sim/tlm/cci400.h"

// A cluster whose memory lies behind the interconnect model.
struct cci_rig {
    struct config config = numbers({});
    stagewalk::context shared{ config };
    stagewalk::cluster cluster{ "cci_cluster", shared, 1 };
    stagewalk::cci400 cci{ "cci", shared };
    initiator core{ "cci_core" };
    bytes_memory memory{ "cci_memory", {}, shared.delay(30), sc_core::SC_ZERO_TIME };

    cci_rig()
    {
        core.socket.bind(cluster.in[0]);
        cluster.out.bind(cci.in);
        for (auto &out : cci.out)
            out.bind(memory.socket);
        start_tables(memory);
        map(memory, 0, 0x100000, WRITE_BACK);
        start_stage1([this](enum sysreg reg, std::uint64_t value) { cluster.write_sysreg(0, reg, value); });
    }
};

class bench : public sc_core::sc_module {
  public:
    checks count;
    bool ended = false;

    explicit bench(const sc_core::sc_module_name &name) : sc_module(name)
    {
        for (mmu_rig *rig : { &m_mmu, &m_mmu_no_debug })
            rig->core.maintenance.bind(rig->mmu.dvm);
        for (cluster_rig *rig : { &m_cluster, &m_cluster_no_debug }) {
            rig->core0.maintenance.bind(rig->cluster.maintenance[0]);
            rig->core1.maintenance.bind(rig->cluster.maintenance[1]);
        }
        SC_HAS_PROCESS(bench);
        SC_THREAD(run);
    }

  private:
    mmu_rig m_mmu{ "one", {} };
    mmu_rig m_mmu_no_debug{ "no_debug", { false, false } };
    mmu_rig m_mmu_waits{ "waits", { true, true } };
    cluster_rig m_cluster{ "two", {}, {} };
    cluster_rig m_cluster_no_debug{ "two_no_debug", { false, false }, { "cost.l1d", "3" } };
    cluster_rig m_cluster_waits{ "two_waits", { true, true }, {} };
    cluster_rig m_small{ "small", {}, { "cache.l1d.bytes", "1024", "cache.l2.bytes", "8192" } };
    cluster_rig m_small_no_debug{ "small_no_debug",
                                  { false, false },
                                  { "cache.l1d.bytes", "1024", "cache.l2.bytes", "8192" } };
    cluster_rig m_small_waits{ "small_waits", { true, true }, { "cache.l1d.bytes", "1024", "cache.l2.bytes", "8192" } };
    cci_rig m_cci;

    // A memory that waits holds the core up for all that it takes.
    void check_waiting()
    {
        count.about("a memory that waits");
        map(m_mmu_waits.memory, 0, 0x100000, WRITE_BACK);
        map(m_cluster_waits.memory, 0, 0x100000, WRITE_BACK);
        sc_core::wait(m_mmu_waits.shared.until(m_mmu_waits.shared.now() + 1)); // its time ends where a cycle does
        answer a = m_mmu_waits.core.touch(ACCESS_LOAD, 0, 8);
        count.equal("a walk", cycles_of(m_mmu_waits.shared, a.took), 2 + 11 + 3 * 10 + 2 * 2 + 10);
        a = m_cluster_waits.core0.touch(ACCESS_LOAD, 0, 8);
        count.equal("a walk of a cluster", a.access.xlat[0], 2 + 11 + 3 * (14 + 30) + 2 * 2);
        count.equal("and its line, all of it", a.access.lines, 14 + 30);
        check_crossing(count, m_cluster_waits);
    }

    void check_cci()
    {
        count.about("behind the interconnect");
        m_cci.core.store64(0x100, 0x1234567812345678);
        count.equal("data", m_cci.memory.read64(0x100100), 0x1234567812345678);
        sc_core::wait(1, sc_core::SC_US);
        const answer a = m_cci.core.touch(ACCESS_LOAD, 0x800, 8);
        count.equal("a line", a.access.lines, 14 + 24 + 30 - 3);
    }

    void check_restart()
    {
        count.about("after a restart");
        m_mmu.mmu.restart();
        m_cluster.cluster.restart();
        answer a = m_mmu.core.touch(ACCESS_LOAD, 0x1234, 4);
        count.equal("nothing is translated", a.access.hit, HIT_OFF);
        count.equal("the PA is the VA", a.access.pa.v, 0x1234);
        a = m_cluster.core1.touch(ACCESS_LOAD, 0x1234, 4);
        count.equal("nothing is translated in a cluster", a.access.hit, HIT_OFF);
        count.equal("nothing is counted", m_cluster.cluster.counts(0).v[COUNT_WALK], 0);
    }

    void run()
    {
        count.about("elaboration");
        count.equal("1 ps is the default unit, a cycle 833", m_mmu.shared.delay(1).value(), 833);
        check_mmu(count, m_mmu);
        check_mmu(count, m_mmu_no_debug);
        check_mmu_errors(count, m_mmu);
        check_waiting();
        for (cluster_rig *rig : { &m_cluster, &m_cluster_no_debug }) {
            check_cluster(count, *rig);
            check_cluster_maintenance(count, *rig);
            check_crossing(count, *rig);
        }
        for (cluster_rig *rig : { &m_small, &m_small_no_debug, &m_small_waits })
            check_small_caches(count, *rig);
        check_cci();
        check_restart();
        ended = true;
        sc_core::sc_stop();
    }
};

int sc_main(int, char *[])
{
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_INSTANCE_EXISTS_, sc_core::SC_THROW);
    bench all("bench");

    sc_core::sc_start();
    all.count.about("the end");
    all.count.holds("was reached", all.ended);
    return all.count.finish();
}
