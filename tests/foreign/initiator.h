// What stands for a core: it sends accesses and maintenance, and tells what each took.
#pragma once

#include "sim/tlm/cluster.h"

#include <tlm_utils/simple_initiator_socket.h>

// What came back.
struct answer {
    tlm::tlm_response_status response;
    stagewalk::access_extension access;
    sc_core::sc_time took;
    bool dmi_allowed;
};

class initiator : public sc_core::sc_module {
  public:
    tlm_utils::simple_initiator_socket<initiator> socket;
    tlm_utils::simple_initiator_socket_optional<initiator> maintenance;
    unsigned el = 1;
    sc_core::sc_time local; // ahead of the kernel
    bool waits = true;      // the next access begins when this one has ended

    explicit initiator(const sc_core::sc_module_name &name)
        : sc_module(name), socket("socket"), maintenance("maintenance")
    {
    }

    // One access; `local` stays.
    answer make(enum access_kind kind, tlm::tlm_command command, std::uint64_t va, unsigned char *data, unsigned bytes)
    {
        stagewalk::payload_set(m_access.payload, command, va, data, bytes);
        m_access.extension.access.kind = static_cast<std::uint8_t>(kind);
        m_access.extension.access.el = static_cast<std::uint8_t>(el);
        return send();
    }
    answer load(std::uint64_t va, void *data, unsigned bytes)
    {
        return make(ACCESS_LOAD, tlm::TLM_READ_COMMAND, va, static_cast<unsigned char *>(data), bytes);
    }
    answer store(std::uint64_t va, void *data, unsigned bytes)
    {
        return make(ACCESS_STORE, tlm::TLM_WRITE_COMMAND, va, static_cast<unsigned char *>(data), bytes);
    }
    std::uint64_t load64(std::uint64_t va)
    {
        std::uint64_t value = 0;
        load(va, &value, sizeof value);
        return value;
    }
    answer store64(std::uint64_t va, std::uint64_t value)
    {
        return store(va, &value, sizeof value);
    }
    // Time only.
    answer touch(enum access_kind kind, std::uint64_t va, unsigned bytes)
    {
        return make(kind, tlm::TLM_IGNORE_COMMAND, va, nullptr, bytes);
    }

    // Sends the payload as it stands.
    answer send()
    {
        const sc_core::sc_time begin = sc_core::sc_time_stamp() + local;
        sc_core::sc_time delay = local;

        socket->b_transport(m_access.payload, delay);
        const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
        if (waits)
            sc_core::wait(delay - local);
        return { m_access.payload.get_response_status(), m_access.extension, end - begin,
                 m_access.payload.is_dmi_allowed() };
    }
    tlm::tlm_generic_payload &payload()
    {
        return m_access.payload;
    }

    // Maintenance in time.
    sc_core::sc_time maintain(const struct tlbi &op)
    {
        sc_core::sc_time delay;

        stagewalk::payload_set(m_op.payload, tlm::TLM_IGNORE_COMMAND, 0, nullptr, 0);
        m_op.extension.broadcast = op.broadcast;
        m_op.extension.all = !tlbi_has_address(static_cast<enum tlbi_op>(op.op));
        maintenance->b_transport(m_op.payload, delay);
        return delay;
    }

  private:
    stagewalk::carrier<stagewalk::access_extension> m_access;
    stagewalk::carrier<stagewalk::maintenance_extension> m_op;
};
