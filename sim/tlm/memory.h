// A memory or the devices beyond the interconnect: OCM, PL, devices, and what is reserved. It
// holds no data: it answers and leaves a payload's bytes as they are.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"

#include <tlm_utils/simple_target_socket.h>

namespace stagewalk {

class memory : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<memory> in;

    memory(const sc_core::sc_module_name &name, context &shared, enum mem_class mem_class, enum resource resource);

    void restart();

  private:
    context &m_shared;
    const enum mem_class m_class;
    const enum resource m_resource;
    struct busy m_port;

    void transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
};

} // namespace stagewalk
