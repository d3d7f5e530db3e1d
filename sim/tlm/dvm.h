// Broadcast TLB maintenance in time: a message to every other core, which does it and acknowledges.
//
// What maintenance drops has been decided; this is how long it takes until all have answered, which is what a DSB waits
// for. A core may have 8 messages under way [A53: 7.2, Table 7-5]; a ninth waits for the first.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"
#include "sim/tlm/slots.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>

namespace stagewalk {

class dvm : public sc_core::sc_module {
  public:
    // From each core, or from nobody; the delay that comes back says when the last one has answered.
    sc_core::sc_vector<tlm_utils::simple_target_socket_tagged_optional<dvm>> in;
    sc_core::sc_vector<tlm_utils::simple_initiator_socket<dvm>> out; // to each core's MMU

    dvm(const sc_core::sc_module_name &name, context &shared, unsigned cores);

    void restart();

  private:
    context &m_shared;
    std::array<slots<8>, CORES_MAX> m_messages; // until they are answered [A53: 7.2, Table 7-5]

    void transport(int from, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
};

} // namespace stagewalk
