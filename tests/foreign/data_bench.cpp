// Two cores that store and load at random through small caches, so that lines come and go all the time: whatever the
// memory is like, what is read is what was last written.
#include "tests/foreign/rigs.h"

#include <random>

constexpr unsigned PAGES = 16, PAGE_BASE = 40, ROUNDS = 4000;

// One core's half of every line: the other core has its own in the same lines.
static unsigned go(checks &c, cluster_rig &rig, unsigned core)
{
    std::mt19937 random(core + 1);
    std::vector<std::uint64_t> wanted(PAGES * 512);
    initiator &me = core ? rig.core1 : rig.core0;
    unsigned wrong = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        const unsigned word = (random() % (PAGES * 64)) * 8 + core * 4 + random() % 4;
        const std::uint64_t va = va_of(PAGE_BASE) + 8 * word;
        answer a;

        switch (random() % 4) {
        case 0:
            a = me.touch(ACCESS_STORE, va, 8); // dirty, but with nothing in it
            break;
        case 1:
            wrong += me.load64(va) != wanted[word];
            continue;
        default:
            wanted[word] = random();
            a = me.store64(va, wanted[word]);
            break;
        }
        wrong += a.response != tlm::TLM_OK_RESPONSE || a.access.fault.type != FAULT_NONE;
    }
    for (unsigned word = 0; word < wanted.size(); word++) {
        if (word % 8 / 4 == core)
            wrong += rig.memory.read64(0x200000 + 8 * word) != wanted[word];
    }
    c.equal("what is read is what was written", wrong, 0);
    return wrong;
}

void check_small_caches(checks &c, cluster_rig &rig)
{
    sc_core::sc_event done;
    unsigned running = 2;

    c.about(std::string(rig.cluster.name()) + " small caches");
    for (unsigned page = 0; page < PAGES; page++)
        map(rig.memory, PAGE_BASE + page, 0x200000 + va_of(page), WRITE_BACK);
    rig.memory.log.clear();
    for (unsigned core = 0; core < 2; core++)
        sc_core::sc_spawn([&, core] {
            go(c, rig, core);
            if (--running == 0)
                done.notify(sc_core::SC_ZERO_TIME);
        });
    sc_core::wait(done);
    const std::uint64_t lines =
        rig.cluster.counts(0).v[COUNT_L2D_CACHE_WB] + rig.cluster.counts(1).v[COUNT_L2D_CACHE_WB];
    c.holds("lines were written back", lines > 100);
    c.equal("each as a write of a line", rig.memory.count(tlm::TLM_WRITE_COMMAND, 64), lines);
}
