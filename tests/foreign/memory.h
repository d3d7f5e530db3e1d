// A memory as another platform may have one: bytes from address 0 on, a latency, one access at a time. It knows nothing
// of stagewalk.
#pragma once

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

constexpr std::uint64_t memory_bytes = 4u << 20; // nobody claims what lies above

struct memory_ways {
    bool debug = true;  // offers transport_dbg
    bool waits = false; // waits in b_transport, the data last, instead of adding to the delay
};

class bytes_memory : public sc_core::sc_module {
  public:
    tlm_utils::multi_passthrough_target_socket<bytes_memory> socket;

    struct seen {
        tlm::tlm_command command;
        std::uint64_t address;
        unsigned bytes;
    };
    std::vector<seen> log; // of b_transport
    std::vector<unsigned char> bytes;
    const memory_ways ways;

    bytes_memory(const sc_core::sc_module_name &name, memory_ways its, sc_core::sc_time latency, sc_core::sc_time busy)
        : sc_module(name), socket("socket"), bytes(memory_bytes), ways(its), m_latency(latency), m_busy(busy)
    {
        socket.register_b_transport(this, &bytes_memory::transport);
        if (ways.debug)
            socket.register_transport_dbg(this, &bytes_memory::debug);
    }

    void write64(std::uint64_t address, std::uint64_t value)
    {
        for (unsigned i = 0; i < 8; i++)
            bytes[address + i] = static_cast<unsigned char>(value >> 8 * i);
    }
    std::uint64_t read64(std::uint64_t address) const
    {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < 8; i++)
            value |= static_cast<std::uint64_t>(bytes[address + i]) << 8 * i;
        return value;
    }
    unsigned count(tlm::tlm_command command, unsigned size) const
    {
        return static_cast<unsigned>(std::count_if(
            log.begin(), log.end(), [=](const seen &s) { return s.command == command && s.bytes == size; }));
    }

  private:
    const sc_core::sc_time m_latency, m_busy;
    sc_core::sc_time m_free; // when the next access may begin

    static bool claimed(const tlm::tlm_generic_payload &payload)
    {
        return payload.get_address() < memory_bytes &&
               payload.get_data_length() <= memory_bytes - payload.get_address();
    }

    void move(tlm::tlm_generic_payload &payload)
    {
        unsigned char *here = bytes.data() + payload.get_address();
        if (payload.is_read())
            std::memcpy(payload.get_data_ptr(), here, payload.get_data_length());
        else if (payload.is_write())
            std::memcpy(here, payload.get_data_ptr(), payload.get_data_length());
    }

    void transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
    {
        const sc_core::sc_time now = sc_core::sc_time_stamp(), begin = std::max(now + delay, m_free);

        log.push_back({ payload.get_command(), payload.get_address(), payload.get_data_length() });
        if (!claimed(payload)) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        m_free = begin + m_busy;
        delay = begin + m_latency - now;
        if (ways.waits) {
            sc_core::wait(delay);
            delay = sc_core::SC_ZERO_TIME;
        }
        move(payload);
        payload.set_dmi_allowed(true);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    unsigned debug(int, tlm::tlm_generic_payload &payload)
    {
        if (!claimed(payload))
            return 0;
        move(payload);
        return payload.get_data_length();
    }
};
