// One line an event.
#include "sim/tlm/timeline.h"

#include <algorithm>
#include <cinttypes>
#include <limits>

namespace stagewalk {

namespace {

// Viewers give process 0, and threads that have the number of a process, a meaning of their own.
constexpr unsigned shared_process = CORES_MAX + 1;

unsigned process_of(unsigned core)
{
    return core + 1;
}

unsigned thread_of(unsigned core, enum access_kind kind)
{
    return process_of(core) * 10 + (kind == ACCESS_FETCH ? 2 : 1);
}

bool is_at(enum access_kind kind)
{
    return kind == ACCESS_AT_READ || kind == ACCESS_AT_WRITE;
}

const char *lookup_name(enum step_kind kind)
{
    switch (kind) {
    case STEP_TLB:
        return "main TLB";
    case STEP_WALK_CACHE:
        return "walk cache";
    case STEP_IPA_CACHE:
        return "IPA cache";
    case STEP_FETCH:
        break;
    }
    return "fetch";
}

} // namespace

timeline::timeline(std::FILE *out, unsigned cores, std::uint64_t cycle_fs)
    : m_out(out), m_cycle_fs(cycle_fs), m_depth(std::vector<std::uint64_t>(RESOURCE_COUNT, 0))
{
    std::fprintf(m_out,
                 "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":\"stagewalk\",\"cycle_fs\":%" PRIu64
                 "},\"traceEvents\":[\n",
                 cycle_fs);
    name("process_name", shared_process, 0, "shared resources");
    for (unsigned core = 0; core < cores; core++)
        name_core(core);
}

void timeline::name(const char *what, unsigned process, unsigned thread, const char *name)
{
    const bool first = process == shared_process;

    std::fprintf(m_out, "%s{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"%s\",\"args\":{\"name\":\"%s\"}}",
                 first ? "" : ",\n", process, thread, what, name);
}

void timeline::name_core(unsigned core)
{
    char text[16];

    std::snprintf(text, sizeof text, "core %u", core);
    name("process_name", process_of(core), 0, text);
    name("thread_name", process_of(core), thread_of(core, ACCESS_LOAD), "data side");
    name("thread_name", process_of(core), thread_of(core, ACCESS_FETCH), "instruction side");
}

std::uint64_t timeline::nanoseconds(cycles_t when) const
{
    constexpr std::uint64_t fs_per_ns = 1000000;

    return when * m_cycle_fs / fs_per_ns;
}

// All but the name and the arguments that are its own.
void timeline::begin_slice(const observed_xlat &xlat, cycles_t from, cycles_t to, cycles_t cycles)
{
    const std::uint64_t at = nanoseconds(from), length = nanoseconds(to) - at;

    std::fprintf(m_out,
                 ",\n{\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%" PRIu64 ".%03u5,\"dur\":%" PRIu64 ".%03u1,"
                 "\"args\":{\"at\":%" PRIu64 ",\"cycles\":%" PRIu64,
                 process_of(xlat.core), thread_of(xlat.core, xlat.kind), at / 1000, static_cast<unsigned>(at % 1000),
                 length / 1000, static_cast<unsigned>(length % 1000), from, cycles);
}

void timeline::write_step(const observed_xlat &xlat, const observed_step &seen)
{
    const struct step &step = seen.step;
    const auto kind = static_cast<enum step_kind>(step.kind);

    begin_slice(xlat, seen.from, seen.to, seen.to - seen.from);
    if (kind != STEP_FETCH) {
        if (kind == STEP_IPA_CACHE)
            std::fprintf(m_out, ",\"ipa\":\"0x%" PRIx64 "\"", step.address);
        std::fprintf(m_out, ",\"probes\":%u,\"hit\":%s},\"name\":\"%s\"}", step.probes, step.hit ? "true" : "false",
                     lookup_name(kind));
        return;
    }
    std::fprintf(m_out, ",\"stage\":%u,\"level\":%u,\"pa\":\"0x%" PRIx64 "\",\"found\":\"%s\"", step.stage, step.level,
                 step.address, memsys_level_name(static_cast<enum mem_level>(step.found)));
    if (step.hit)
        std::fprintf(m_out, ",\"desc\":\"0x%" PRIx64 "\"", step.desc);
    std::fprintf(m_out, ",\"answered\":%s},\"name\":\"S%u L%u\"}", step.hit ? "true" : "false", step.stage, step.level);
}

// An outer slice stands before what it holds: of two that begin at one time, viewers take the first to be the outer
// one.
void timeline::translated(const observed_xlat &xlat)
{
    if (!xlat.walked)
        return;
    const auto fetches = std::count_if(xlat.steps.begin(), xlat.steps.end(),
                                       [](const observed_step &seen) { return seen.step.kind == STEP_FETCH; });

    begin_slice(xlat, xlat.from, xlat.to, xlat.cycles);
    std::fprintf(m_out, ",\"kind\":\"%s\",\"fetches\":%u},\"name\":\"%s\"}", access_kind_name(xlat.kind),
                 static_cast<unsigned>(fetches), is_at(xlat.kind) ? "AT" : "walk");
    for (const observed_step &seen : xlat.steps)
        write_step(xlat, seen);
}

void timeline::queued(enum resource resource, unsigned, cycles_t from, cycles_t to)
{
    if (!resource_is_shared(resource))
        return;
    m_depth.add(from, resource, 1);
    m_depth.add(to, resource, -1);
}

void timeline::horizon(cycles_t now)
{
    signals::change change;

    while (m_depth.next(now, change)) {
        const std::uint64_t at = nanoseconds(change.when);

        std::fprintf(m_out,
                     ",\n{\"ph\":\"C\",\"pid\":%u,\"ts\":%" PRIu64
                     ".%03u5,\"name\":\"%s\",\"args\":{\"requests\":%" PRIu64 "}}",
                     shared_process, at / 1000, static_cast<unsigned>(at % 1000),
                     waits_resource_name(static_cast<enum resource>(change.signal)), change.value);
    }
}

void timeline::finish(cycles_t)
{
    horizon(std::numeric_limits<cycles_t>::max());
    std::fputs("\n]}\n", m_out);
}

} // namespace stagewalk
