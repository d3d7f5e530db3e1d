// Bank, then bus.
#include "sim/tlm/ddr.h"

#include <algorithm>

namespace stagewalk {

ddr::ddr(const sc_core::sc_module_name &name, context &shared) : sc_module(name), in("in"), m_shared(shared)
{
    in.register_b_transport(this, &ddr::transport);
    restart();
}

void ddr::restart()
{
    ddr_init(&m_rows, &m_shared.config().ddr);
    for (struct busy &bank : m_bank)
        busy_init(&bank);
    busy_init(&m_bus);
}

// Returns when the bank begins; what the access takes from then on is in `latency`.
cycles_t ddr::open_row(std::uint64_t pa, const line_extension &line, cycles_t at, std::uint32_t &latency)
{
    const struct context::request who = { RESOURCE_DDR_BANK, line.asker, line.core, line.posted };
    struct busy &bank = m_bank[ddr_bank(&m_rows, pa)];
    if (m_rows.config.banks == 0)
        return at;
    const enum ddr_row met = ddr_open(&m_rows, pa);
    const std::uint32_t length = met == DDR_ROW_HIT ? m_shared.busy().memory[MEM_DDR] : m_shared.busy().ddr_bank;

    latency = price_memory(&m_shared.price(), MEM_DDR, ddr_saves(&m_rows, met));
    return m_shared.take(bank, who, at, std::min(length, latency));
}

void ddr::transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const line_extension &line = line_of(payload);
    const cycles_t at = m_shared.at(delay);
    std::uint32_t latency = price_memory(&m_shared.price(), MEM_DDR, 0);
    cycles_t begin = at;

    if (!line.write_back)
        begin = open_row(payload.get_address(), line, at, latency);
    // the data is on the bus at the end of the access
    const std::uint32_t length = std::min(m_shared.busy().memory[MEM_DDR], latency);
    const cycles_t bus_at = begin + latency - length;
    begin += m_shared.take(m_bus, { RESOURCE_DDR, line.asker, line.core, line.posted }, bus_at, length) - bus_at;
    delay += m_shared.delay(begin + latency - at);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

} // namespace stagewalk
