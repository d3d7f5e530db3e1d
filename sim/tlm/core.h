// A core that replays its stream: it sends each work into the machine when its time has come, and waits for it.
//
// Its local time runs ahead of the kernel by a quantum at most. The core is in order: an access that waits makes all
// behind it wait; only the front end is some instructions ahead, so that a fetch may be translated while older accesses
// still are [A53: 2.1].
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/mmu.h"
#include "sim/tlm/stream.h"

#include <tlm_utils/simple_initiator_socket.h>

namespace stagewalk {

// Who feeds the cores.
class feeder {
  public:
    virtual ~feeder() = default;
    // A core has nothing to do. It goes on when it is fed.
    virtual void starved(unsigned core) = 0;
    // A work is done.
    virtual void told(unsigned core, std::uint64_t token, const struct charge &charge) = 0;
};

class core : public sc_core::sc_module {
  public:
    tlm_utils::simple_initiator_socket<core> out; // accesses, to the MMU
    tlm_utils::simple_initiator_socket<core> dvm; // maintenance, to everyone's

    core(const sc_core::sc_module_name &name, context &shared, feeder &from, unsigned index);

    // The MMU that `out` leads to, to be told before the first work: what moves no line is asked of it without a
    // transaction.
    void asks(mmu &its)
    {
        m_mmu = &its;
    }

    // Starts over with an empty stream. In trace order a work begins at the end of everything; else a core runs ahead
    // by up to so many cycles.
    void restart(bool trace_order, cycles_t quantum);
    void push(const work &w, const work_items &items);
    unsigned waiting() const
    {
        return m_stream.count();
    }

  private:
    context &m_shared;
    feeder &m_from;
    const unsigned m_index;
    stream m_stream;
    sc_core::sc_event m_fed, m_wake;
    mmu *m_mmu = nullptr;
    carrier<access_extension> m_access;
    struct step m_look_up {}; // of the refill at work
    carrier<maintenance_extension> m_op;

    bool m_trace_order = false;
    cycles_t m_quantum = 0;
    bool m_begun = false;      // the first work's `before` is accounted for
    cycles_t m_local = 0;      // when the next instruction is issued
    cycles_t m_worked = 0;     // its position: cycles of work without any wait
    cycles_t m_fetch_free = 0; // when the front end is done with the last fetch
    cycles_t m_wait_from = 0;  // when the last wait of an access began,
    cycles_t m_wait_at = 0;    // at this position
    cycles_t m_maintained = 0; // when all maintenance so far is answered,
    unsigned m_slowest = 0;    // by this core last

    void step();
    void work_on(cycles_t from);
    void begin(const work &w);
    void perform(const work &w);
    cycles_t fetch_begins() const;
    cycles_t refill(const work &w, cycles_t from);
    cycles_t send(const work &w, cycles_t from);
    struct charge access(const work &w);
    struct charge barrier();
    void maintain(const work &w);
};

} // namespace stagewalk
