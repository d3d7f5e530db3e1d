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
}

unsigned l2::debug(int, tlm::tlm_generic_payload &payload)
{
    return out->transport_dbg(payload);
}

void l2::transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const line_extension &line = *payload.get_extension<line_extension>();
    const std::uint32_t latency = m_shared.price().l2, length = std::min(m_shared.busy().l2, latency);
    const cycles_t at = m_shared.at(delay);
    const cycles_t begin = m_shared.take(m_port, { RESOURCE_L2, line.asker, line.core, line.posted }, at, length);

    delay += m_shared.delay(begin + latency - at);
    if (line.found == LEVEL_MEMORY)
        out->b_transport(payload, delay);
    else
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

} // namespace stagewalk
