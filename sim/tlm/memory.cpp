// One port, one latency.
#include "sim/tlm/memory.h"

#include <algorithm>

namespace stagewalk {

memory::memory(const sc_core::sc_module_name &name, context &shared, enum mem_class mem_class, enum resource resource)
    : sc_module(name), in("in"), m_shared(shared), m_class(mem_class), m_resource(resource)
{
    in.register_b_transport(this, &memory::transport);
    restart();
}

void memory::restart()
{
    busy_init(&m_port);
}

void memory::transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const line_extension &line = line_of(payload);
    const std::uint32_t latency = price_memory(&m_shared.price(), m_class, 0);
    const std::uint32_t length = std::min(m_shared.busy().memory[m_class], latency);
    const cycles_t at = m_shared.at(delay);
    const cycles_t begin = m_shared.take(m_port, { m_resource, line.asker, line.core, line.posted }, at, length);

    delay += m_shared.delay(begin + latency - at);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

} // namespace stagewalk
