// The DDR controller and its memory: banks that open rows, behind them one data bus.
//
// Reads wait in the controller's queue until their bank is free, then until the bus is; a write-back takes its turn on
// the bus but opens no row [choice: the write queue drains when it suits the controller, into rows of its own time]. It
// holds no data: it answers and leaves a payload's bytes as they are.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"

#include <tlm_utils/simple_target_socket.h>

namespace stagewalk {

class ddr : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<ddr> in;

    ddr(const sc_core::sc_module_name &name, context &shared);

    void restart();

  private:
    context &m_shared;
    struct ::ddr m_rows;
    struct busy m_bank[DDR_BANKS_MAX], m_bus;

    void transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    cycles_t open_row(std::uint64_t pa, const line_extension &line, cycles_t at, std::uint32_t &latency);
};

} // namespace stagewalk
