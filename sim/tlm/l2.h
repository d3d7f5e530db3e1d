// The L2 that the cores share, with the SCU's tags beside it: one look-up at a time, and the cluster's way out.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <vector>

namespace stagewalk {

class l2 : public sc_core::sc_module {
  public:
    sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<l2>> in; // from each L1
    tlm_utils::simple_initiator_socket<l2> out;                        // the ACE master: what leaves the cluster

    l2(const sc_core::sc_module_name &name, context &shared, unsigned cores);

    void restart();

  private:
    context &m_shared;
    struct busy m_port;
    std::vector<tlm::tlm_generic_payload *> m_leaving; // lines on their way to a memory that may let them wait

    void transport(int from, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    unsigned debug(int from, tlm::tlm_generic_payload &payload);
    void overtake(const tlm::tlm_generic_payload &write);
};

} // namespace stagewalk
