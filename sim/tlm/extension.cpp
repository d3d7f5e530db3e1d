// Between payloads and the models' structs.
#include "sim/tlm/extension.h"

namespace stagewalk {

// What a command may ask for.
static bool kind_fits(enum access_kind kind, tlm::tlm_command command)
{
    switch (kind) {
    case ACCESS_FETCH:
    case ACCESS_LOAD:
        return command != tlm::TLM_WRITE_COMMAND;
    case ACCESS_STORE:
    case ACCESS_ZVA:
        return command != tlm::TLM_READ_COMMAND;
    case ACCESS_CACHE_READ:
    case ACCESS_CACHE_WRITE:
        return command == tlm::TLM_IGNORE_COMMAND;
    case ACCESS_AT_READ:
    case ACCESS_AT_WRITE:
    case ACCESS_KIND_COUNT:
        break;
    }
    return false;
}

tlm::tlm_response_status access_check(const tlm::tlm_generic_payload &payload, const access_extension &access)
{
    const auto kind = static_cast<enum access_kind>(access.access.kind);
    const unsigned bytes = payload.get_data_length();
    const bool moves = payload.get_command() != tlm::TLM_IGNORE_COMMAND;

    if (access.access.el > 2 || (moves && (!payload.get_data_ptr() || bytes == 0)))
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (!kind_fits(kind, payload.get_command()))
        return tlm::TLM_COMMAND_ERROR_RESPONSE;
    if (payload.get_byte_enable_ptr())
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (moves && payload.get_streaming_width() < bytes)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if ((kind == ACCESS_LOAD || kind == ACCESS_STORE) && (bytes & (bytes - 1)) != 0)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (kind == ACCESS_ZVA && moves && bytes != 1u << CACHE_LINE_BITS)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

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
    access.pa = access.next_pa = {};
    access.ipa = {};
    access.xlat[0] = access.xlat[1] = 0;
    access.parts = 0;
    if (x.fault.type != FAULT_NONE)
        return;
    access.type = x.type;
    access.pa = x.pa;
    access.ipa = x.ipa;
    if (access_is_maintenance(static_cast<enum access_kind>(access.access.kind)))
        return;
    access.parts = 1;
    access.part[0] = { x.pa.v, access.access.size, x.type.cached };
    if (access.access.kind == ACCESS_ZVA)
        access.part[0].pa = align_down(x.pa.v, CACHE_LINE_BITS);
}

bool access_crosses(const tlm::tlm_generic_payload &payload, const access_extension &access)
{
    return access.access.kind != ACCESS_ZVA && (payload.get_address() & 0xFFF) + payload.get_data_length() > 0x1000;
}

const line_extension line_of_another;

bool payload_move(tlm::tlm_initiator_socket<> &by, tlm::tlm_generic_payload &payload)
{
    line_extension nobody_waits;
    sc_core::sc_time not_counted;
    line_extension *const its = payload.get_extension<line_extension>();

    if (by->transport_dbg(payload) == payload.get_data_length())
        return true;
    nobody_waits.posted = true;
    payload.set_extension(&nobody_waits);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    by->b_transport(payload, not_counted);
    payload.set_extension(its);
    return payload.is_response_ok();
}

bool payload_read64(tlm::tlm_initiator_socket<> &from, std::uint64_t pa, std::uint64_t &value)
{
    const sc_core::sc_time before = sc_core::sc_time_stamp();
    tlm::tlm_generic_payload read;
    unsigned char word[8] = {};
    bool answered;

    payload_set(read, tlm::TLM_READ_COMMAND, pa, word, sizeof word);
    answered = payload_move(from, read);
    // what is decided in one go must not be decided in two
    if (sc_core::sc_time_stamp() != before)
        SC_REPORT_FATAL("/stagewalk/walk", "a target without transport_dbg is not to wait where tables are");
    if (!answered)
        return false;
    value = 0;
    for (unsigned i = 0; i < sizeof word; i++)
        value |= static_cast<std::uint64_t>(word[i]) << 8 * i;
    return true;
}

} // namespace stagewalk
