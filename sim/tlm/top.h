// The machine that replays: cores, cluster, interconnect, memories.
#pragma once

#include "sim/tlm/cci400.h"
#include "sim/tlm/cluster.h"
#include "sim/tlm/core.h"
#include "sim/tlm/ddr.h"
#include "sim/tlm/memory.h"

namespace stagewalk {

class top : public sc_core::sc_module {
  public:
    top(const sc_core::sc_module_name &name, context &shared, feeder &from);

    void restart(bool trace_order, cycles_t quantum);
    core &core_at(unsigned i)
    {
        return m_core[i];
    }
    const core &core_at(unsigned i) const
    {
        return m_core[i];
    }

  private:
    sc_core::sc_vector<core> m_core;
    cluster m_cluster;
    cci400 m_cci400;
    ddr m_ddr;
    memory m_ocm, m_pl, m_devices, m_reserved;
};

} // namespace stagewalk
