// What each walker does, as signals: a Value Change Dump (IEEE 1364), for GTKWave and its like.
//
// A core's two sides have a scope each, since a fetch may be translated while an older access still is: within a side
// translations follow each other, so that each signal has one writer. A look-up or fetch of no cycles does not show.
//
// [choice: the unit is 1 fs, the kernel's own: a cycle is a whole number of them, 833333 at 1200 MHz, so that each time
// divided by it is the cycle again; in ps it would have to be rounded]
#pragma once

#include "sim/tlm/signals.h"

#include <cstdio>

namespace stagewalk {

class vcd : public observer {
  public:
    // Writes the head to a file that stays the caller's, who looks for its errors.
    vcd(std::FILE *out, unsigned cores, std::uint64_t cycle_fs);

    void translated(const observed_xlat &xlat) override;
    void queued(enum resource resource, unsigned core, cycles_t from, cycles_t to) override;
    void horizon(cycles_t now) override;
    void finish(cycles_t end) override;

  private:
    std::FILE *m_out;
    const unsigned m_cores;
    const std::uint64_t m_cycle_fs;
    cycles_t m_time = 0; // the last one written
    signals m_signals;

    void head();
    void declare(unsigned signal, const char *name);
    void declare_side(unsigned core, enum access_kind kind, const char *name);
    void stepped(unsigned first, const observed_step &seen);
    void write_time(cycles_t when);
    void write_value(unsigned signal, std::uint64_t value);
};

} // namespace stagewalk
