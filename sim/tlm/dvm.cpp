// There, done, and back.
#include "sim/tlm/dvm.h"

#include <algorithm>

namespace stagewalk {

dvm::dvm(const sc_core::sc_module_name &name, context &shared, unsigned cores)
    : sc_module(name), in("in", cores), out("out", cores), m_shared(shared)
{
    for (unsigned i = 0; i < cores; i++)
        in[i].register_b_transport(this, &dvm::transport, static_cast<int>(i));
}

void dvm::restart()
{
    for (auto &messages : m_messages)
        messages.restart();
}

void dvm::transport(int from, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    maintenance_extension *extension = payload.get_extension<maintenance_extension>();
    if (!extension) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    maintenance_extension &op = *extension;
    op.core = static_cast<unsigned>(from);
    const cycles_t at = m_shared.at(delay), there = m_shared.price().dvm / 2, back = m_shared.price().dvm - there;
    sc_core::sc_time own = delay;

    op.slowest = op.core;
    out[op.core]->b_transport(payload, own); // its own MMU first
    cycles_t done = m_shared.at(own);
    if (op.broadcast) {
        const cycles_t sent = std::max(at, m_messages[op.core].free());

        for (unsigned i = 0; i < std::min<std::size_t>(m_shared.config().cores, out.size()); i++) {
            sc_core::sc_time way = m_shared.until(sent + there);

            if (i == op.core)
                continue;
            out[i]->b_transport(payload, way);
            if (m_shared.at(way) + back > done) {
                done = m_shared.at(way) + back;
                op.slowest = i;
            }
        }
        m_messages[op.core].taken_until(done);
    }
    m_shared.ends(done);
    delay += m_shared.delay(done - at);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

} // namespace stagewalk
