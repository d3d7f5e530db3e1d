// Between payloads and the models' structs.
#include "sim/tlm/extension.h"

namespace stagewalk {

void access_from(const tlm::tlm_generic_payload &payload, access_extension &access)
{
    access.access.va = { payload.get_address() };
    access.access.size = payload.get_data_length() ? payload.get_data_length() : 1;
    access.access.straddles = false;
}

void access_to(const struct xlat &x, access_extension &access)
{
    access.fault = x.fault;
    access.exception = {};
    access.hit = static_cast<enum xlat_hit>(x.hit);
    access.type = {};
    access.pa = {};
    access.ipa = {};
    if (x.fault.type != FAULT_NONE)
        return;
    access.type = x.type;
    access.pa = x.pa;
    access.ipa = x.ipa;
}

bool access_crosses(const tlm::tlm_generic_payload &payload)
{
    return (payload.get_address() & 0xFFF) + payload.get_data_length() > 0x1000;
}

bool payload_read64(tlm::tlm_initiator_socket<> &from, std::uint64_t pa, std::uint64_t &value)
{
    tlm::tlm_generic_payload read;
    unsigned char word[8] = {};
    line_extension line;
    sc_core::sc_time none;

    payload_set(read, tlm::TLM_READ_COMMAND, pa, word, sizeof word);
    if (from->transport_dbg(read) != sizeof word) {
        payload_set(read, tlm::TLM_READ_COMMAND, pa, word, sizeof word);
        from->b_transport(read, none);
        if (!read.is_response_ok())
            return false;
    }
    value = 0;
    for (unsigned i = 0; i < sizeof word; i++)
        value |= static_cast<std::uint64_t>(word[i]) << 8 * i;
    return true;
}

} // namespace stagewalk
