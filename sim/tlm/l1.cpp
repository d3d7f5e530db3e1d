// Lines wanted, then lines given up.
#include "sim/tlm/l1.h"

namespace stagewalk {

l1::l1(const sc_core::sc_module_name &name, context &shared, unsigned core)
    : sc_module(name), in("in"), walk("walk"), out("out"), m_shared(shared), m_data{}
{
    in.register_b_transport(this, &l1::access);
    walk.register_b_transport(this, &l1::fetch);
    walk.register_transport_dbg(this, &l1::debug);
    m_line.extension.core = core;
}

void l1::restart()
{
    m_filled = {};
    m_next = 0;
}

unsigned l1::debug(tlm::tlm_generic_payload &payload)
{
    return out->transport_dbg(payload);
}

void l1::fetch(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const line_extension *line = payload.get_extension<line_extension>();

    if (line && line->found == LEVEL_L1) {
        delay += m_shared.delay(m_shared.price().l1d);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    out->b_transport(payload, delay);
}

// Returns when it is done. The core notices what is beyond the L1's own latency, which is part of every access.
cycles_t l1::send(tlm::tlm_generic_payload &payload, const struct traffic_item &item, sc_core::sc_time &delay)
{
    sc_core::sc_time there = delay;

    m_line.extension.posted = !item.waits;
    out->b_transport(payload, there);
    m_shared.ends(m_shared.at(there));
    if (item.waits) {
        const auto latency = static_cast<std::uint32_t>(m_shared.at(there) - m_shared.at(delay));
        delay += m_shared.delay(price_stall(&m_shared.price(), latency));
    }
    return m_shared.at(there);
}

// A line needs a buffer from when it is asked for until it has come; when all are taken even a store waits for one.
void l1::fill(const struct traffic_item &item, sc_core::sc_time &delay)
{
    const unsigned core = m_line.extension.core;
    const cycles_t at = m_shared.at(delay);
    cycles_t &filled = m_filled[m_next];
    const cycles_t begin = m_shared.wait_until({ RESOURCE_LINEFILL, ASKER_LINE, core, false }, at, filled, core);

    delay += m_shared.delay(begin - at);
    m_next = (m_next + 1) % linefills_max;
    m_line.extension.found = static_cast<enum mem_level>(item.found);
    payload_set(m_line.payload, tlm::TLM_READ_COMMAND, item.pa, m_data, sizeof m_data);
    filled = send(m_line.payload, item, delay);
}

void l1::wanted(tlm::tlm_generic_payload &access, const traffic_view &traffic, sc_core::sc_time &delay)
{
    for (unsigned i = 0; i < traffic.count; i++) {
        const struct traffic_item &item = traffic.item[i];

        if (item.kind == TRAFFIC_FILL) {
            fill(item, delay);
        } else if (item.kind == TRAFFIC_UNCACHED) {
            const std::uint64_t pa = access.get_address();
            m_line.extension.found = LEVEL_MEMORY;
            access.set_extension(&m_line.extension);
            access.set_address(item.pa);
            send(access, item, delay);
            access.set_address(pa);
            access.clear_extension(&m_line.extension);
        }
    }
}

// What a buffer holds until there is time for it: it goes out behind what the access itself waits for. A write-back
// writes what memory has already, for the stores' own data went there at once.
void l1::given_up(const traffic_view &traffic, const sc_core::sc_time &delay, bool has_data)
{
    for (unsigned i = 0; i < traffic.count; i++) {
        const struct traffic_item &item = traffic.item[i];
        const bool to_memory = item.kind == TRAFFIC_WRITE_BACK;
        sc_core::sc_time behind = delay;

        if (item.kind == TRAFFIC_FILL || item.kind == TRAFFIC_UNCACHED)
            continue;
        m_line.extension.found = to_memory ? LEVEL_MEMORY : LEVEL_L2;
        m_line.extension.write_back = to_memory;
        if (to_memory && has_data) {
            payload_set(m_line.payload, tlm::TLM_READ_COMMAND, item.pa, m_data, sizeof m_data);
            out->transport_dbg(m_line.payload);
        }
        payload_set(m_line.payload, tlm::TLM_WRITE_COMMAND, item.pa, m_data, sizeof m_data);
        send(m_line.payload, item, behind);
    }
    m_line.extension.write_back = false;
}

void l1::access(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const access_extension &access = *payload.get_extension<access_extension>();
    const bool has_data = payload.get_data_ptr() != nullptr;

    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    wanted(payload, access.traffic, delay);
    given_up(access.traffic, delay, has_data);
    if (has_data && access.type.cached && out->transport_dbg(payload) != payload.get_data_length())
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

} // namespace stagewalk
