// Wired from the platform's numbers.
#include "sim/tlm/top.h"

namespace stagewalk {

top::top(const sc_core::sc_module_name &name, context &shared, feeder &from)
    : sc_module(name), m_core("core"), m_cluster("cluster", shared, CORES_MAX), m_cci400("cci400", shared),
      m_ddr("ddr", shared), m_ocm("ocm", shared, MEM_OCM, RESOURCE_OCM), m_pl("pl", shared, MEM_PL, RESOURCE_PL),
      m_devices("devices", shared, MEM_DEVICE, RESOURCE_DEVICE),
      m_reserved("reserved", shared, MEM_NONE, RESOURCE_DEVICE)
{
    m_core.init(CORES_MAX,
                [&](const char *its, std::size_t i) { return new core(its, shared, from, static_cast<unsigned>(i)); });
    for (unsigned i = 0; i < CORES_MAX; i++) {
        m_core[i].asks(m_cluster.mmu_at(i));
        m_core[i].out.bind(m_cluster.in[i]);
        m_core[i].dvm.bind(m_cluster.maintenance[i]);
    }
    m_cluster.out.bind(m_cci400.in);
    m_cci400.out[MEM_DDR].bind(m_ddr.in);
    m_cci400.out[MEM_OCM].bind(m_ocm.in);
    m_cci400.out[MEM_PL].bind(m_pl.in);
    m_cci400.out[MEM_DEVICE].bind(m_devices.in);
    m_cci400.out[MEM_NONE].bind(m_reserved.in);
}

void top::restart(bool trace_order, cycles_t quantum)
{
    for (core &c : m_core)
        c.restart(trace_order, quantum);
    m_cluster.restart();
    m_cci400.restart();
    m_ddr.restart();
    for (memory *m : { &m_ocm, &m_pl, &m_devices, &m_reserved })
        m->restart();
}

} // namespace stagewalk
