// Address to memory.
#include "sim/tlm/cci400.h"

#include <algorithm>

namespace stagewalk {

cci400::cci400(const sc_core::sc_module_name &name, context &shared)
    : sc_module(name), in("in"), out("out", MEM_CLASS_COUNT), m_shared(shared)
{
    in.register_b_transport(this, &cci400::transport);
    restart();
}

void cci400::restart()
{
    busy_init(&m_road);
}

void cci400::transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const struct config &config = m_shared.config();
    const line_extension &line = *payload.get_extension<line_extension>();
    const enum mem_class mem_class = price_class_of(config.map, config.map_count, payload.get_address());
    const std::uint32_t latency = price_cci(&config.price, mem_class), length = std::min(config.busy.cci, latency);
    const cycles_t at = m_shared.at(delay);
    const cycles_t begin = m_shared.take(m_road, { RESOURCE_CCI, line.asker, line.core, line.posted }, at, length);

    delay += m_shared.delay(begin + latency - at);
    out[mem_class]->b_transport(payload, delay);
}

} // namespace stagewalk
