// The CCI-400 and the switches behind it: one road out of the cluster, and which memory an address leads to.
//
// It takes its own part of a latency and of the road; what is bound to `out`, one socket for each enum mem_class, takes
// the memory's. Data and debug transport pass through. Which address is of which class the configuration's map says.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <memory>

namespace stagewalk {

class cci400 : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<cci400> in;
    sc_core::sc_vector<tlm_utils::simple_initiator_socket<cci400>> out; // by enum mem_class

    cci400(const sc_core::sc_module_name &name, context &shared);

    void restart();

  private:
    context &m_shared;
    struct busy m_road;

    enum mem_class class_of(std::uint64_t pa) const;
    unsigned debug(tlm::tlm_generic_payload &payload);
    void transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
};

} // namespace stagewalk
