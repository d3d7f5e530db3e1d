// What travels with a transaction: an access on its way in, its translation on the way out; and, inside the cluster, a
// line and where it is known to be.
//
// Extensions belong to the initiator that sets them, and leave the payload with it: a payload that is destroyed frees
// the extensions it still has, so clear_extension comes first. A carrier keeps a payload and an extension together.
#pragma once

#include "sim/tlm/models.h"

#include <tlm>

namespace stagewalk {

// A view of what a translation did: of an outcome's own steps, or of those kept in a core's stream.
struct steps_view {
    const struct step *step = nullptr;
    unsigned count = 0;
};

struct traffic_view {
    const struct traffic_item *item = nullptr;
    unsigned count = 0;
};

// Where one page's part of an access lies.
struct access_part {
    std::uint64_t pa = 0;
    unsigned bytes = 0;
    bool cached = false; // L1 and L2 keep it
};

// Carried by every transaction towards a translation. The initiator fills `access`; what comes back says what the MMU
// made of it.
//
// The payload's address is a VA. It reads for a fetch or a load, writes for a store or a DC ZVA (all 64 bytes of the
// block that the VA is in), with data of a power of two bytes, of any number for a fetch; TLM_IGNORE_COMMAND asks for
// any of these without moving data, and for cache maintenance, which moves none. What cannot be made gets an error and
// takes no time, and the extension is left alone:
//
//     TLM_GENERIC_ERROR_RESPONSE      no access_extension, an EL above 2, no data where there has to be some
//     TLM_COMMAND_ERROR_RESPONSE      the command is not the kind's; an AT, which is a function of the module
//     TLM_BYTE_ENABLE_ERROR_RESPONSE  byte enables: there are none
//     TLM_BURST_ERROR_RESPONSE        a size that no instruction has, or a streaming width below it: mmu.h, cluster.h
//
// An error of the memory, such as an address that no target claims, comes back as the response as well, with `fault`
// none and the times taken. An architectural fault does not: it is an answer and no error of the bus.
class access_extension : public tlm::tlm_extension<access_extension> {
  public:
    // In. kind, el, unpriv, pair; the rest is taken from the payload.
    struct access access {};

    // Out. With a fault the response is TLM_OK_RESPONSE, no data has moved, and pa, ipa and type are zero.
    struct fault fault {};
    struct exception exception {}; // with a fault: what the core takes, for it to write into ESR, FAR, HPFAR
    struct mem_type type {};       // result of both stages, and what each said: attr is a MAIR byte, sh an enum
                                   // shareability; `cached`: L1 and L2 keep it
    pa_t pa{};                     // of the first byte
    pa_t next_pa{};                // of the first byte in the next page, for an access that crosses into one
    ipa_t ipa{};                   // of the first byte; the PA without stage 2
    enum xlat_hit hit = HIT_UTLB;  // where the answer came from
    unsigned fetches = 0;          // descriptors fetched for it
    std::uint32_t xlat[2] = {};    // cycles of each page's translation
    std::uint32_t lines = 0;       // cycles the initiator waits for its lines, beyond an L1 hit

    // Between the shells; an initiator leaves it alone. Decided: what follows is what happened, and only time is to be
    // found. The views last until the core's next access.
    bool decided = false;
    unsigned core = 0;
    steps_view steps[2];
    unsigned pages = 0;
    unsigned missed = 0; // bit i: translation i missed its micro-TLB,
    unsigned walked = 0; // and walked
    traffic_view traffic;
    access_part part[2]; // where the data goes
    unsigned parts = 0;  // 0: nowhere

    tlm::tlm_extension_base *clone() const override
    {
        return new access_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        *this = static_cast<const access_extension &>(other);
    }
};

// Carried by what comes out of an MMU's `walk` and out of a cluster: a descriptor, a line, or a single access past the
// caches. Targets of other platforms need not look at it.
class line_extension : public tlm::tlm_extension<line_extension> {
  public:
    unsigned core = 0;
    enum asker asker = ASKER_LINE;
    enum mem_level found = LEVEL_MEMORY;
    bool posted = false;     // nobody waits for it
    bool write_back = false; // a line that the L2 gives up: it can wait in a queue

    tlm::tlm_extension_base *clone() const override
    {
        return new line_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        *this = static_cast<const line_extension &>(other);
    }
};

// Carried by TLB maintenance on its way to a core. The payload moves no data: TLM_IGNORE_COMMAND. The delay that comes
// back is when all who had to do it have: what a DSB waits for, while the TLBI itself does not.
class maintenance_extension : public tlm::tlm_extension<maintenance_extension> {
  public:
    unsigned core = 0;      // who executes it; a cluster sets it by the socket
    bool broadcast = false; // it is for the other cores, too
    bool all = false;       // it looks at every entry, not at those of one address: !tlbi_has_address(op)
    unsigned slowest = 0;   // out: who answered last

    tlm::tlm_extension_base *clone() const override
    {
        return new maintenance_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        *this = static_cast<const maintenance_extension &>(other);
    }
};

// A payload that is used again and again, with its extension.
template <class extension_type> struct carrier {
    extension_type extension;
    tlm::tlm_generic_payload payload;

    carrier()
    {
        payload.set_extension(&extension);
    }
    ~carrier()
    {
        payload.clear_extension(&extension);
    }
    carrier(const carrier &) = delete;
    carrier &operator=(const carrier &) = delete;
};

// Makes a payload ready to be sent: a command of so many bytes, at data (nullptr with TLM_IGNORE_COMMAND only).
inline void payload_set(tlm::tlm_generic_payload &payload, tlm::tlm_command command, std::uint64_t address,
                        unsigned char *data, unsigned bytes)
{
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

// Returns TLM_OK_RESPONSE for a payload and access that fit each other; else the error of the list above.
tlm::tlm_response_status access_check(const tlm::tlm_generic_payload &payload, const access_extension &access);

// Fills in the access from its payload, and the answer from its translation.
void access_from(const tlm::tlm_generic_payload &payload, access_extension &access);
void access_to(const struct xlat &x, access_extension &access);

// True when the access does not stay in its 4 KB page. A DC ZVA stays in its block, wherever its VA points.
bool access_crosses(const tlm::tlm_generic_payload &payload, const access_extension &access);

// What an access took, but for `stall`; waits as its context has them.
inline struct charge access_charge(const access_extension &access, std::uint32_t xlat_wait, std::uint32_t line_wait)
{
    struct charge charge {};

    charge.kind = access.access.kind;
    charge.missed = static_cast<std::uint8_t>(access.missed);
    charge.walked = static_cast<std::uint8_t>(access.walked);
    charge.xlat[0] = access.xlat[0];
    charge.xlat[1] = access.xlat[1];
    charge.xlat_wait = xlat_wait;
    charge.lines = access.lines;
    charge.line_wait = line_wait;
    return charge;
}

// Where a line is; of another master's transaction: in memory.
extern const line_extension line_of_another;
inline const line_extension &line_of(const tlm::tlm_generic_payload &payload)
{
    const line_extension *line = payload.get_extension<line_extension>();

    return line ? *line : line_of_another;
}

// Moves a payload's data by debug transport, for function takes no time; with a target that does not offer it, by a
// transaction whose time is not counted. False: neither was answered.
bool payload_move(tlm::tlm_initiator_socket<> &by, tlm::tlm_generic_payload &payload);

// Reads a descriptor that way. False: an address that no target claims; the model makes a synchronous external abort of
// it.
bool payload_read64(tlm::tlm_initiator_socket<> &from, std::uint64_t pa, std::uint64_t &value);

} // namespace stagewalk
