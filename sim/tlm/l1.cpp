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
    m_fills.restart();
    m_passes.restart();
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
    const sc_core::sc_time from = m_shared.time() + delay;
    const cycles_t at = m_shared.at(delay);
    std::uint32_t stall = 0;

    m_line.extension.posted = !item.waits;
    out->b_transport(payload, delay);
    const cycles_t end = m_shared.at(delay);
    m_shared.ends(end);
    if (item.waits)
        stall = price_stall(&m_shared.price(), static_cast<std::uint32_t>(end - at));
    delay = m_shared.remaining(from, stall);
    return end;
}

// When all buffers are taken even a store waits for one.
template <unsigned count> void l1::wait_for(const slots<count> &buffers, sc_core::sc_time &delay)
{
    const unsigned core = m_line.extension.core;
    const cycles_t at = m_shared.at(delay);

    delay += m_shared.delay(
        m_shared.wait_until({ RESOURCE_LINEFILL, ASKER_LINE, core, false }, at, buffers.free(), core) - at);
}

// A line for the access; an error of its memory is one of the access. Its buffer is taken from when it is asked for
// until it has come.
void l1::fill(tlm::tlm_generic_payload &payload, const struct traffic_item &item, sc_core::sc_time &delay)
{
    wait_for(m_fills, delay);
    m_line.extension.found = static_cast<enum mem_level>(item.found);
    payload_set(m_line.payload, tlm::TLM_READ_COMMAND, item.pa, m_data, sizeof m_data);
    m_fills.taken_until(send(m_line.payload, item, delay));
    if (!m_line.payload.is_response_ok())
        payload.set_response_status(m_line.payload.get_response_status());
}

// The access itself, or the part of it that lies in one of its pages. One that faults in its second page moves nothing,
// but has been to its first.
void l1::past(tlm::tlm_generic_payload &payload, const access_part *part, const struct traffic_item &item,
              sc_core::sc_time &delay)
{
    const access_extension &access = *payload.get_extension<access_extension>();
    const std::uint64_t pa = payload.get_address();

    wait_for(m_passes, delay);
    m_line.extension.found = LEVEL_MEMORY;
    if (access.decided || access.parts == 1) {
        payload.set_extension(&m_line.extension);
        payload.set_address(part ? part->pa : item.pa);
        m_passes.taken_until(send(payload, item, delay));
        payload.set_address(pa);
        payload.clear_extension(&m_line.extension);
        return;
    }
    if (part && payload.get_data_ptr())
        payload_set(m_line.payload, payload.get_command(), part->pa,
                    payload.get_data_ptr() + (part == access.part ? 0 : access.part[0].bytes), part->bytes);
    else
        payload_set(m_line.payload, tlm::TLM_IGNORE_COMMAND, item.pa, nullptr, 0);
    m_passes.taken_until(send(m_line.payload, item, delay));
    if (!m_line.payload.is_response_ok())
        payload.set_response_status(m_line.payload.get_response_status());
}

// Returns how many items that leaves.
unsigned l1::wanted(tlm::tlm_generic_payload &payload, const access_extension &access, sc_core::sc_time &delay)
{
    unsigned next = 0; // the part that the next access past the caches is of
    unsigned left = 0;

    for (unsigned i = 0; i < access.traffic.count; i++) {
        const struct traffic_item &item = access.traffic.item[i];

        if (item.kind == TRAFFIC_FILL) {
            fill(payload, item, delay);
        } else if (item.kind == TRAFFIC_UNCACHED) {
            while (next < access.parts && access.part[next].cached)
                next++;
            past(payload, next < access.parts ? &access.part[next++] : nullptr, item, delay);
        } else {
            left++;
        }
    }
    return left;
}

// What a buffer holds until there is time for it: it goes out behind what the access itself waits for. A write-back
// writes what memory has already, for the stores' own data went there at once; where that cannot be told, nothing.
void l1::given_up(const access_extension &access, sc_core::sc_time &delay)
{
    const sc_core::sc_time from = m_shared.time() + delay;

    for (unsigned i = 0; i < access.traffic.count; i++) {
        const struct traffic_item &item = access.traffic.item[i];
        const bool to_memory = item.kind == TRAFFIC_WRITE_BACK;
        tlm::tlm_command command = tlm::TLM_WRITE_COMMAND;

        if (item.kind == TRAFFIC_FILL || item.kind == TRAFFIC_UNCACHED)
            continue;
        m_line.extension.found = to_memory ? LEVEL_MEMORY : LEVEL_L2;
        m_line.extension.write_back = to_memory;
        if (to_memory && !access.decided) {
            payload_set(m_line.payload, tlm::TLM_READ_COMMAND, item.pa, m_data, sizeof m_data);
            if (out->transport_dbg(m_line.payload) != sizeof m_data)
                command = tlm::TLM_IGNORE_COMMAND;
        }
        payload_set(m_line.payload, command, item.pa, m_data, sizeof m_data);
        delay = m_shared.remaining(from, 0);
        send(m_line.payload, item, delay);
    }
    m_line.extension.write_back = false;
    delay = m_shared.remaining(from, 0);
}

// The data of what the caches keep.
void l1::move(tlm::tlm_generic_payload &payload, const access_extension &access)
{
    unsigned char *data = payload.get_data_ptr();

    for (unsigned i = 0; i < access.parts && payload.is_response_ok(); data += access.part[i++].bytes) {
        const access_part &part = access.part[i];

        if (!part.cached)
            continue;
        payload_set(m_line.payload, payload.get_command(), part.pa, data, part.bytes);
        if (out->transport_dbg(m_line.payload) != part.bytes)
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
}

void l1::access(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const access_extension &access = *payload.get_extension<access_extension>();

    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (wanted(payload, access, delay) > 0)
        given_up(access, delay);
    if (payload.get_command() != tlm::TLM_IGNORE_COMMAND && payload.get_data_ptr())
        move(payload, access);
}

} // namespace stagewalk
