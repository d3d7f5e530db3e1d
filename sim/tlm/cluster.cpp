// How the shells hang together.
#include "sim/tlm/cluster.h"

namespace stagewalk {

cluster::cluster(const sc_core::sc_module_name &name, context &shared, unsigned cores)
    : sc_module(name), in("in", cores), maintenance("maintenance", cores), out("out"), m_shared(shared),
      m_answer(CORES_MAX), m_mmu("mmu"), m_l1("l1"), m_l2("l2", shared, cores), m_dvm("dvm", shared, cores)
{
    if (cores == 0 || cores > CORES_MAX)
        SC_REPORT_FATAL("/stagewalk/cluster", "cores are 1 to CORES_MAX");
    m_mmu.init(cores, [this](const char *its, std::size_t i) {
        return new mmu(its, m_shared, static_cast<unsigned>(i), this);
    });
    m_l1.init(cores,
              [this](const char *its, std::size_t i) { return new l1(its, m_shared, static_cast<unsigned>(i)); });
    for (unsigned i = 0; i < cores; i++) {
        in[i].bind(m_mmu[i].in);
        m_mmu[i].out.bind(m_l1[i].in);
        m_mmu[i].walk.bind(m_l1[i].walk);
        m_l1[i].out.bind(m_l2.in[i]);
        maintenance[i].bind(m_dvm.in[i]);
        m_dvm.out[i].bind(m_mmu[i].dvm);
    }
    m_l2.out.bind(out);
}

cluster::~cluster() = default;

void cluster::restart()
{
    m_model.reset();
    for (mmu &m : m_mmu)
        m.restart();
    for (l1 &c : m_l1)
        c.restart();
    m_l2.restart();
    m_dvm.restart();
}

} // namespace stagewalk
