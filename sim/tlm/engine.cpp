// The engine: one top, started over for each machine; when to let the kernel run.
#include "sim/tlm/engine.h"

#include "sim/tlm/aside.h"
#include "sim/tlm/timeline.h"
#include "sim/tlm/top.h"
#include "sim/tlm/vcd.h"

#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

using stagewalk::context;
using stagewalk::cycles_t;

// SystemC's own main wants one; the program has a main of its own.
int sc_main(int, char *[])
{
    return 0;
}

struct engine : private stagewalk::feeder, private stagewalk::taker {
    explicit engine(const struct config &config);

    void start(const struct config &config, const engine_options &options);
    void tell(engine_told *whom, void *to);
    bool post(const engine_work &work);
    bool run(const std::uint64_t *since);
    bool stop();
    void leave();

    context shared;
    std::string failure;

  private:
    stagewalk::top m_top;
    std::vector<std::unique_ptr<stagewalk::observer>> m_watchers;
    engine_told *m_told = nullptr;
    void *m_to = nullptr;
    bool m_trace_order = false, m_ending = false;
    unsigned m_cores = CORES_MAX;
    std::uint32_t m_idle = 0;              // bit c: core c is not waited for
    unsigned m_starved_for = 0;            // calls of run in which time stood still for want of works
    std::uint64_t m_given[CORES_MAX] = {}; // cycles since the work handed in last that a core has been given
    std::atomic<bool> m_failed{ false };   // or given up
    std::mutex m_failing;
    std::unique_ptr<stagewalk::aside> m_aside; // NULL: works are timed at once

    template <class deed> void guarded(deed what);
    void fail(const char *why);
    void take(stagewalk::work *works, std::size_t count, const struct step *steps,
              const struct traffic_item *traffic) override;
    void take_run(const stagewalk::since_last &since) override;
    void hand_in(stagewalk::work &w, const stagewalk::work_items &items);
    void push(const stagewalk::work &w, const stagewalk::work_items &items);
    void keep_running(const stagewalk::since_last &since);
    void time();
    bool full() const;
    bool any_works() const;

    void watch(std::unique_ptr<stagewalk::observer> watcher);
    void unwatch();
    void starved(unsigned core) override;
    void told(unsigned core, std::uint64_t token, const struct charge &charge) override;
    bool all_fed() const;
    void kernel();
};

engine::engine(const struct config &config) : shared(config), m_top("top", shared, *this)
{
    shared.count_in_cycles();
}

void engine::watch(std::unique_ptr<stagewalk::observer> watcher)
{
    shared.observers.push_back(watcher.get());
    m_watchers.push_back(std::move(watcher));
}

void engine::unwatch()
{
    shared.observers.clear();
    m_watchers.clear();
}

// Watchers of a replay that was given up go without a word: their files are gone.
void engine::start(const struct config &config, const engine_options &options)
{
    leave();
    shared.restart(config, 1 + context::lookback);
    shared.let_nobody_wait(options.trace_order);
    m_trace_order = options.trace_order;
    m_cores = config.cores;
    m_ending = false;
    m_starved_for = 0;
    m_idle = options.core_mask ? ~options.core_mask : 0;
    failure.clear();
    m_failed = false;
    std::fill(std::begin(m_given), std::end(m_given), 0);
    m_top.restart(m_trace_order, options.quantum_ns * config.clock_mhz / 1000);
    const std::uint64_t cycle_fs = (1000000000ull + config.clock_mhz / 2) / config.clock_mhz;
    if (options.vcd)
        watch(std::make_unique<stagewalk::vcd>(options.vcd, m_cores, cycle_fs));
    if (options.timeline)
        watch(std::make_unique<stagewalk::timeline>(options.timeline, m_cores, cycle_fs));
    if (options.own_thread) {
        try {
            m_aside = std::make_unique<stagewalk::aside>(static_cast<stagewalk::taker &>(*this));
        } catch (const std::system_error &) { // at once, then
        }
    }
}

void engine::tell(engine_told *whom, void *to)
{
    m_told = whom;
    m_to = to;
}

void engine::told(unsigned core, std::uint64_t token, const struct charge &charge)
{
    m_told(m_to, core, token, &charge);
}

// A core that may get more is waited for: time stands still until it has.
void engine::starved(unsigned core)
{
    if (m_trace_order || (!m_ending && !(m_idle >> core & 1)))
        sc_core::sc_pause();
}

void engine::kernel()
{
    if (sc_core::sc_pending_activity())
        sc_core::sc_start();
    const cycles_t now = shared.since_start(shared.now());
    for (stagewalk::observer *o : shared.observers)
        o->horizon(now);
}

void engine::push(const stagewalk::work &w, const stagewalk::work_items &items)
{
    m_top.core_at(w.core).push(w, items);
    m_idle &= ~(1u << w.core);
    if (m_trace_order)
        kernel();
}

void engine::hand_in(stagewalk::work &w, const stagewalk::work_items &items)
{
    w.before -= m_given[w.core];
    m_given[w.core] = 0;
    push(w, items);
}

void engine::take(stagewalk::work *works, std::size_t count, const struct step *steps,
                  const struct traffic_item *traffic)
{
    guarded([&] {
        for (stagewalk::work *w = works; w < works + count; w++)
            hand_in(*w, { steps + w->steps, steps + w->steps + w->first, traffic + w->traffic });
    });
}

// A core that works without a miss is not to be taken for idle: it is given its instructions.
void engine::keep_running(const stagewalk::since_last &since)
{
    for (unsigned i = 0; i < m_cores; i++) {
        if (since.cycles[i] <= m_given[i] || m_top.core_at(i).waiting() > 0)
            continue;
        engine_work run{};
        run.kind = WORK_RUN;
        run.core = static_cast<std::uint8_t>(i);
        run.before = since.cycles[i] - m_given[i];
        m_given[i] = since.cycles[i];
        stagewalk::work w;
        stagewalk::work_set(w, run);
        push(w, {});
    }
}

void engine::take_run(const stagewalk::since_last &since)
{
    if (m_trace_order)
        return;
    guarded([&] {
        keep_running(since);
        time();
    });
}

bool engine::post(const engine_work &from)
{
    guarded([&] {
        stagewalk::work w;

        if (m_aside) {
            m_aside->post(from);
        } else {
            stagewalk::work_set(w, from);
            hand_in(w, stagewalk::work_items_of(from));
        }
    });
    return !m_failed;
}

bool engine::run(const std::uint64_t *since)
{
    stagewalk::since_last last{};

    if (since)
        std::copy_n(since, CORES_MAX, last.cycles);
    if (m_aside)
        guarded([&] { m_aside->run(last); });
    else
        take_run(last);
    return !m_failed;
}

// True when time may go on: every core that is waited for has works.
bool engine::all_fed() const
{
    for (unsigned i = 0; i < m_cores; i++) {
        if (!(m_idle >> i & 1) && m_top.core_at(i).waiting() == 0)
            return false;
    }
    return true;
}

bool engine::any_works() const
{
    for (unsigned i = 0; i < m_cores; i++) {
        if (m_top.core_at(i).waiting() > 0)
            return true;
    }
    return false;
}

// True when nothing more is to be read ahead.
bool engine::full() const
{
    bool many = m_starved_for >= ENGINE_STARVED_MAX;

    for (unsigned i = 0; i < m_cores; i++)
        many |= m_top.core_at(i).waiting() >= ENGINE_WORKS_MAX;
    return many;
}

// Cores that have no works although so much has been read ahead are idle [choice: a trace does not tell idle cores;
// what it has for them comes much later].
void engine::time()
{
    while (any_works()) {
        if (full()) {
            for (unsigned i = 0; i < m_cores; i++)
                m_idle |= m_top.core_at(i).waiting() == 0 ? 1u << i : 0;
        }
        if (!all_fed()) {
            m_starved_for++;
            return;
        }
        m_starved_for = 0;
        kernel();
    }
}

bool engine::stop()
{
    m_aside.reset();
    guarded([&] {
        m_ending = true;
        kernel();
        for (stagewalk::observer *o : shared.observers)
            o->finish(shared.since_start(shared.latest()));
        unwatch();
    });
    return !m_failed;
}

void engine::leave()
{
    m_failed = true;
    m_aside.reset();
    unwatch();
}

// Exceptions end at the door, and all else with the first of them.
template <class deed> void engine::guarded(deed what)
{
    if (m_failed)
        return;
    try {
        what();
        return;
    } catch (const std::bad_alloc &) {
        fail("out of memory");
    } catch (const std::exception &e) {
        fail(e.what());
    }
}

// The first to fail says why, whichever thread it is.
void engine::fail(const char *why)
{
    const std::lock_guard<std::mutex> held(m_failing);

    if (!m_failed)
        failure = why;
    m_failed = true;
}

extern "C" struct engine *engine_start(const struct config *config, const struct engine_options *options, char *why,
                                       std::size_t why_bytes)
{
    static std::unique_ptr<engine> only;

    try {
        if (!only)
            only = std::make_unique<engine>(*config);
        only->start(*config, *options);
        return only.get();
    } catch (const std::exception &e) {
        std::snprintf(why, why_bytes, "%s", e.what());
        return nullptr;
    }
}

extern "C" void engine_tell(struct engine *e, engine_told *told, void *context)
{
    e->tell(told, context);
}

extern "C" bool engine_post(struct engine *e, const struct engine_work *work)
{
    return e->post(*work);
}

extern "C" bool engine_run(struct engine *e, const std::uint64_t *since)
{
    return e->run(since);
}

extern "C" bool engine_stop(struct engine *e)
{
    return e->stop();
}

extern "C" void engine_leave(struct engine *e)
{
    e->leave();
}

extern "C" const char *engine_failure(const struct engine *e)
{
    return e->failure.c_str();
}

extern "C" const struct waits *engine_waits(const struct engine *e)
{
    return &e->shared.waits();
}
