// The platforms that the checks run on: each a memory of its own around one module of stagewalk.
#pragma once

#include "tests/foreign/checks.h"
#include "tests/foreign/initiator.h"
#include "tests/foreign/tables.h"

// Cycles of a time of a rig, or a number that none is when it is not whole cycles.
inline std::uint64_t cycles_of(const stagewalk::context &shared, const sc_core::sc_time &time)
{
    const auto cycle = shared.delay(1).value();
    return time.value() % cycle == 0 ? time.value() / cycle : ~0ull;
}

// The platform's numbers, with some changed: "key", "value", ..., nullptr.
inline struct config numbers(std::initializer_list<const char *> changes)
{
    struct config config;
    char why[256];

    params_default(&config);
    for (auto i = changes.begin(); i != changes.end(); i += 2) {
        if (params_set(&config, i[0], i[1], why, sizeof why))
            SC_REPORT_FATAL("foreign", why);
    }
    if (params_check(&config, why, sizeof why))
        SC_REPORT_FATAL("foreign", why);
    return config;
}

// An MMU by itself; tables and data in one memory of 10 cycles.
struct mmu_rig {
    struct config config;
    stagewalk::context shared;
    bytes_memory memory;
    stagewalk::mmu mmu;
    initiator core;

    mmu_rig(const std::string &name, memory_ways ways)
        : config(numbers({})), shared(config),
          memory((name + "_memory").c_str(), ways, shared.delay(10), sc_core::SC_ZERO_TIME),
          mmu((name + "_mmu").c_str(), shared, 0), core((name + "_core").c_str())
    {
        core.socket.bind(mmu.in);
        mmu.walk.bind(memory.socket);
        mmu.out.bind(memory.socket);
        start_tables(memory);
        start_stage1([this](enum sysreg reg, std::uint64_t value) { mmu.write_sysreg(reg, value); });
    }
};

// Two cores; a memory of 30 cycles that is busy for 20 of them, unless it serves descriptors twice.
struct cluster_rig {
    struct config config;
    stagewalk::context shared;
    bytes_memory memory;
    stagewalk::cluster cluster;
    initiator core0, core1;

    cluster_rig(const std::string &name, memory_ways ways, std::initializer_list<const char *> changes)
        : config(numbers(changes)), shared(config),
          memory((name + "_memory").c_str(), ways, shared.delay(30), shared.delay(ways.debug ? 20 : 0)),
          cluster((name + "_cluster").c_str(), shared, 2), core0((name + "_core0").c_str()),
          core1((name + "_core1").c_str())
    {
        core0.socket.bind(cluster.in[0]);
        core1.socket.bind(cluster.in[1]);
        cluster.out.bind(memory.socket);
        start_tables(memory);
        for (unsigned i = 0; i < 2; i++)
            start_stage1([=](enum sysreg reg, std::uint64_t value) { cluster.write_sysreg(i, reg, value); });
    }
};

// What each file checks; called from one thread of the kernel, one after the other.
void check_mmu(checks &c, mmu_rig &rig);
void check_mmu_errors(checks &c, mmu_rig &rig);
void check_cluster(checks &c, cluster_rig &rig);
void check_cluster_maintenance(checks &c, cluster_rig &rig);
void check_crossing(checks &c, cluster_rig &rig);
void check_small_caches(checks &c, cluster_rig &rig);
