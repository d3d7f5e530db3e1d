// A look-up, and the way on.
#include "sim/tlm/l2.h"

#include <algorithm>

namespace stagewalk {

l2::l2(const sc_core::sc_module_name &name, context &shared, unsigned cores)
    : sc_module(name), in("in", cores), out("out"), m_shared(shared)
{
    for (unsigned i = 0; i < cores; i++) {
        in[i].register_b_transport(this, &l2::transport, static_cast<int>(i));
        in[i].register_transport_dbg(this, &l2::debug, static_cast<int>(i));
    }
    restart();
}

void l2::restart()
{
    busy_init(&m_port);
    m_leaving.clear();
}

// A store reaches memory before a line that had begun its way there: the line carries it, too.
void l2::overtake(const tlm::tlm_generic_payload &write)
{
    const std::uint64_t from = write.get_address(), to = from + write.get_data_length();

    for (tlm::tlm_generic_payload *line : m_leaving) {
        const std::uint64_t base = line->get_address(), first = std::max(from, base),
                            last = std::min<std::uint64_t>(to, base + line->get_data_length());

        if (first < last)
            std::memcpy(line->get_data_ptr() + (first - base), write.get_data_ptr() + (first - from), last - first);
    }
}

unsigned l2::debug(int, tlm::tlm_generic_payload &payload)
{
    if (payload.is_write())
        overtake(payload);
    return payload_move(out, payload) ? payload.get_data_length() : 0;
}

void l2::transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const line_extension &line = line_of(payload);
    const std::uint32_t latency = m_shared.price().l2, length = std::min(m_shared.busy().l2, latency);
    const cycles_t at = m_shared.at(delay);
    const cycles_t begin = m_shared.take(m_port, { RESOURCE_L2, line.asker, line.core, line.posted }, at, length);

    delay += m_shared.delay(begin + latency - at);
    if (line.found != LEVEL_MEMORY) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    if (line.write_back)
        m_leaving.push_back(&payload);
    out->b_transport(payload, delay);
    if (line.write_back)
        m_leaving.erase(std::find(m_leaving.begin(), m_leaving.end(), &payload));
}

} // namespace stagewalk
