// Which signals there are, and when they change.
#include "sim/tlm/vcd.h"

#include <algorithm>
#include <cinttypes>
#include <limits>

namespace stagewalk {

namespace {

// Of one side of a core.
enum side_signal {
    SIGNAL_STATE,
    SIGNAL_STAGE,
    SIGNAL_LEVEL,
    SIGNAL_FETCHING,
    SIGNAL_PA,
    SIGNAL_MAIN_TLB_HIT,
    SIGNAL_MAIN_TLB_MISS,
    SIGNAL_WALK_CACHE_HIT,
    SIGNAL_WALK_CACHE_MISS,
    SIGNAL_IPA_CACHE_HIT,
    SIGNAL_IPA_CACHE_MISS,
    SIGNAL_COUNT
};

enum state { STATE_IDLE, STATE_LOOK_UP, STATE_FETCH, STATE_WAIT };

struct shape {
    const char *name;
    unsigned bits;
    std::uint64_t initial;
};

constexpr shape shapes[SIGNAL_COUNT] = {
    { "state", 2, STATE_IDLE },  { "stage", 2, 0 },         { "level", 2, signals::none }, { "fetching", 1, 0 },
    { "pa", 40, signals::none }, { "main_tlb_hit", 1, 0 },  { "main_tlb_miss", 1, 0 },     { "walk_cache_hit", 1, 0 },
    { "walk_cache_miss", 1, 0 }, { "ipa_cache_hit", 1, 0 }, { "ipa_cache_miss", 1, 0 },
};

constexpr shape depth = { nullptr, 32, 0 }; // of a shared resource: as many requests as there may be

constexpr char legend[] =
    "$comment\n"
    "  One core cycle is %" PRIu64 " fs. Of the data side and the instruction side of each core:\n"
    "  state            0 idle, 1 looks something up, 2 fetches a descriptor, 3 waits or is between two steps\n"
    "  stage, level     of the descriptor that is fetched; stage 0 and level z: none is\n"
    "  fetching, pa     a fetch is outstanding, and where the descriptor lies\n"
    "  main_tlb_hit...  a look-up is under way that hits, or misses\n"
    "  Of each shared resource: how many requests stand there, waiting or served.\n"
    "$end\n";

// The signals of the cores' data and instruction sides come first, then those of the resources.
unsigned first_of(unsigned core, enum access_kind kind)
{
    return (core * 2 + (kind == ACCESS_FETCH)) * SIGNAL_COUNT;
}

unsigned depth_of(unsigned cores, enum resource resource)
{
    return cores * 2 * SIGNAL_COUNT + resource;
}

const shape &shape_of(unsigned cores, unsigned signal)
{
    return signal < cores * 2 * SIGNAL_COUNT ? shapes[signal % SIGNAL_COUNT] : depth;
}

std::vector<std::uint64_t> initial_values(unsigned cores)
{
    std::vector<std::uint64_t> values;

    for (unsigned i = 0; i < cores * 2 * SIGNAL_COUNT + RESOURCE_COUNT; i++)
        values.push_back(shape_of(cores, i).initial);
    return values;
}

// A signal's identifier: its number to the base of all printable characters, the lowest digit first.
struct identifier {
    char text[8];

    explicit identifier(unsigned signal)
    {
        constexpr unsigned base = '~' - '!' + 1;
        unsigned i = 0;

        do {
            text[i++] = static_cast<char>('!' + signal % base);
            signal /= base;
        } while (signal != 0);
        text[i] = '\0';
    }
};

side_signal result_of(const struct step &step)
{
    switch (static_cast<enum step_kind>(step.kind)) {
    case STEP_TLB:
        return step.hit ? SIGNAL_MAIN_TLB_HIT : SIGNAL_MAIN_TLB_MISS;
    case STEP_WALK_CACHE:
        return step.hit ? SIGNAL_WALK_CACHE_HIT : SIGNAL_WALK_CACHE_MISS;
    case STEP_IPA_CACHE:
        return step.hit ? SIGNAL_IPA_CACHE_HIT : SIGNAL_IPA_CACHE_MISS;
    case STEP_FETCH:
        break;
    }
    return SIGNAL_FETCHING;
}

} // namespace

vcd::vcd(std::FILE *out, unsigned cores, std::uint64_t cycle_fs)
    : m_out(out), m_cores(cores), m_cycle_fs(cycle_fs), m_signals(initial_values(cores))
{
    head();
}

void vcd::declare(unsigned signal, const char *name)
{
    const unsigned bits = shape_of(m_cores, signal).bits;

    std::fprintf(m_out, "$var wire %u %s %s", bits, identifier(signal).text, name);
    if (bits > 1)
        std::fprintf(m_out, " [%u:0]", bits - 1);
    std::fputs(" $end\n", m_out);
}

void vcd::declare_side(unsigned core, enum access_kind kind, const char *name)
{
    std::fprintf(m_out, "$scope module %s $end\n", name);
    for (unsigned i = 0; i < SIGNAL_COUNT; i++)
        declare(first_of(core, kind) + i, shapes[i].name);
    std::fputs("$upscope $end\n", m_out);
}

void vcd::head()
{
    std::fputs("$version stagewalk $end\n$timescale 1 fs $end\n", m_out);
    std::fprintf(m_out, legend, m_cycle_fs);
    for (unsigned core = 0; core < m_cores; core++) {
        std::fprintf(m_out, "$scope module core%u $end\n", core);
        declare_side(core, ACCESS_LOAD, "data");
        declare_side(core, ACCESS_FETCH, "instruction");
        std::fputs("$upscope $end\n", m_out);
    }
    std::fputs("$scope module shared $end\n", m_out);
    for (enum resource r : shared_resources)
        declare(depth_of(m_cores, r), waits_resource_name(r));
    std::fputs("$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n", m_out);
    for (unsigned i = 0; i < m_cores * 2 * SIGNAL_COUNT; i++)
        write_value(i, shape_of(m_cores, i).initial);
    for (enum resource r : shared_resources)
        write_value(depth_of(m_cores, r), depth.initial);
    std::fputs("$end\n", m_out);
}

void vcd::write_time(cycles_t when)
{
    if (when > m_time)
        std::fprintf(m_out, "#%" PRIu64 "\n", when * m_cycle_fs);
    m_time = when;
}

void vcd::write_value(unsigned signal, std::uint64_t value)
{
    const unsigned bits = shape_of(m_cores, signal).bits;
    char text[1 + 64 + 1];
    unsigned i = sizeof text - 1;

    text[i] = '\0';
    if (value == signals::none) {
        text[--i] = 'z';
    } else {
        do {
            text[--i] = static_cast<char>('0' + (value & 1));
            value >>= 1;
        } while (value != 0);
    }
    std::fprintf(m_out, bits > 1 ? "b%s %s\n" : "%s%s\n", text + i, identifier(signal).text);
}

void vcd::stepped(unsigned first, const observed_step &seen)
{
    const bool fetch = seen.step.kind == STEP_FETCH;
    const unsigned result = first + result_of(seen.step);

    m_signals.set(seen.from, first + SIGNAL_STATE, fetch ? STATE_FETCH : STATE_LOOK_UP);
    m_signals.set(seen.from, result, 1);
    m_signals.set(seen.to, result, 0);
    m_signals.set(seen.to, first + SIGNAL_STATE, STATE_WAIT);
    if (!fetch)
        return;
    m_signals.set(seen.from, first + SIGNAL_STAGE, seen.step.stage);
    m_signals.set(seen.from, first + SIGNAL_LEVEL, seen.step.level);
    m_signals.set(seen.from, first + SIGNAL_PA, seen.step.address);
    m_signals.set(seen.to, first + SIGNAL_STAGE, 0);
    m_signals.set(seen.to, first + SIGNAL_LEVEL, signals::none);
    m_signals.set(seen.to, first + SIGNAL_PA, signals::none);
}

void vcd::translated(const observed_xlat &xlat)
{
    const unsigned first = first_of(xlat.core, xlat.kind);

    m_signals.set(xlat.from, first + SIGNAL_STATE, STATE_WAIT);
    for (const observed_step &seen : xlat.steps)
        stepped(first, seen);
    m_signals.set(xlat.to, first + SIGNAL_STATE, STATE_IDLE);
}

void vcd::queued(enum resource resource, unsigned, cycles_t from, cycles_t to)
{
    if (!resource_is_shared(resource))
        return;
    m_signals.add(from, depth_of(m_cores, resource), 1);
    m_signals.add(to, depth_of(m_cores, resource), -1);
}

void vcd::horizon(cycles_t now)
{
    signals::change change;

    while (m_signals.next(now, change)) {
        write_time(change.when);
        write_value(change.signal, change.value);
    }
}

void vcd::finish(cycles_t end)
{
    horizon(std::numeric_limits<cycles_t>::max());
    write_time(std::max(end, m_time));
}

} // namespace stagewalk
