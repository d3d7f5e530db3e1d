// What travels with a transaction: an access on its way in, its translation on the way out; and, inside the cluster, a
// line and where it is known to be.
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

// Carried by every transaction towards a translation. The initiator fills `access`; what comes back says what the MMU
// made of it. The payload's address is a VA, its data length and pointer those of the access.
class access_extension : public tlm::tlm_extension<access_extension> {
  public:
    // In. kind, el, unpriv, pair; va and size are taken from the payload.
    struct access access {};

    // Out, once decided. With a fault the payload's response is TLM_OK_RESPONSE and nothing was accessed: an
    // architectural fault is an answer, not an error of the bus.
    struct fault fault {};
    struct exception exception {}; // with a fault: what the core takes
    struct mem_type type {};       // result of both stages, and what each said; sh is in type.result
    pa_t pa{};
    ipa_t ipa{};
    enum xlat_hit hit = HIT_UTLB;
    unsigned fetches = 0;
    std::uint32_t xlat[2] = {}; // cycles of each page's translation
    std::uint32_t lines = 0;    // cycles the initiator waits for its lines

    // Between the shells. Decided: what follows is what happened, and only time is to be found.
    bool decided = false;
    unsigned core = 0;
    steps_view steps[2];
    unsigned pages = 0;
    unsigned missed = 0; // bit i: translation i missed its micro-TLB,
    unsigned walked = 0; // and walked
    traffic_view traffic;

    tlm::tlm_extension_base *clone() const override
    {
        return new access_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        *this = static_cast<const access_extension &>(other);
    }
};

// Carried by a line, or a single access past the caches, on its way from the L1s outwards.
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

// Carried by TLB maintenance on its way to a core. The payload moves no data.
class maintenance_extension : public tlm::tlm_extension<maintenance_extension> {
  public:
    unsigned core = 0;      // who executes it
    bool broadcast = false; // it is for the other cores, too
    bool all = false;       // it looks at every entry, not at those of one address
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

// Fills in the access from its payload, and the answer from its translation.
void access_from(const tlm::tlm_generic_payload &payload, access_extension &access);
void access_to(const struct xlat &x, access_extension &access);

// True when the access does not stay in its 4 KB page.
bool access_crosses(const tlm::tlm_generic_payload &payload);

// Reads a descriptor: by debug transport, for function takes no time; from a target that does not offer it, by a read
// whose time is not counted. False: neither answered, an address that no target claims; the model makes a synchronous
// external abort of it.
bool payload_read64(tlm::tlm_initiator_socket<> &from, std::uint64_t pa, std::uint64_t &value);

// Makes a payload ready to be sent: a command of so many bytes, at data (or nowhere, when only time is wanted).
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

} // namespace stagewalk
