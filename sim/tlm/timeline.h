// What happened when, for people: Chrome trace events in JSON, which ui.perfetto.dev and chrome://tracing open.
//
// A process a core, in it a thread for each side: a slice for each translation that walked, in it one for each step.
// The shared resources are counters of the requests that stand there, waiting or served. Times are in microseconds;
// `at` and `cycles` among the arguments of a slice are its begin and length in core cycles, exactly. `cycles` of the
// slices "walk" of a core add up to its WALK_CYCLES; those of "AT" are no part of them.
//
// [choice: translations that only looked into the main TLB are left out: they are forty times as many as walks, a few
// cycles each; the VCD has them]
//
// [choice: times are whole ns, of begins and ends alike, and a length is what lies between two of them. Viewers cut
// begin and length to ns each by itself; with all digits an inner slice would then often end 1 ns after the outer one,
// and such a slice is not shown. Each begin has half a ns added and each length a tenth, so that it is cut to what is
// meant though no binary fraction is it exactly]
#pragma once

#include "sim/tlm/signals.h"

#include <cstdio>

namespace stagewalk {

class timeline : public observer {
  public:
    // Writes the head to a file that stays the caller's, who looks for its errors.
    timeline(std::FILE *out, unsigned cores, std::uint64_t cycle_fs);

    void translated(const observed_xlat &xlat) override;
    void queued(enum resource resource, unsigned core, cycles_t from, cycles_t to) override;
    void horizon(cycles_t now) override;
    void finish(cycles_t end) override;

  private:
    std::FILE *m_out;
    const std::uint64_t m_cycle_fs;
    signals m_depth; // by enum resource

    std::uint64_t nanoseconds(cycles_t when) const;
    void name(const char *what, unsigned process, unsigned thread, const char *name);
    void name_core(unsigned core);
    void begin_slice(const observed_xlat &xlat, cycles_t from, cycles_t to, cycles_t cycles);
    void write_step(const observed_xlat &xlat, const observed_step &seen);
};

} // namespace stagewalk
