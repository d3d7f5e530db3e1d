// Address to memory.
#include "sim/tlm/cci400.h"

#include <algorithm>

namespace stagewalk {

cci400::cci400(const sc_core::sc_module_name &name, context &shared)
    : sc_module(name), in("in"), out("out", MEM_CLASS_COUNT), m_shared(shared)
{
    in.register_b_transport(this, &cci400::transport);
    in.register_transport_dbg(this, &cci400::debug);
    restart();
}

void cci400::restart()
{
    busy_init(&m_road);
}

enum mem_class cci400::class_of(std::uint64_t pa) const
{
    return price_class_of(m_shared.config().map, m_shared.config().map_count, pa);
}

unsigned cci400::debug(tlm::tlm_generic_payload &payload)
{
    return out[class_of(payload.get_address())]->transport_dbg(payload);
}

void cci400::transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const struct config &config = m_shared.config();
    const line_extension &line = line_of(payload);
    const enum mem_class mem_class = class_of(payload.get_address());
    const std::uint32_t latency = price_cci(&config.price, mem_class), length = std::min(config.busy.cci, latency);
    const cycles_t at = m_shared.at(delay);
    const cycles_t begin = m_shared.take(m_road, { RESOURCE_CCI, line.asker, line.core, line.posted }, at, length);

    delay += m_shared.delay(begin + latency - at);
    out[mem_class]->b_transport(payload, delay);
}

} // namespace stagewalk
