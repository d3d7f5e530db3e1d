// Who decides what an access does, before its time is found: a model behind the shells.
#pragma once

#include "sim/tlm/extension.h"

namespace stagewalk {

class decider {
  public:
    virtual ~decider() = default;
    // Returns TLM_OK_RESPONSE when the access can be made; else the response that says why not.
    virtual tlm::tlm_response_status check(unsigned core, const tlm::tlm_generic_payload &payload,
                                           const access_extension &access) const = 0;
    // Fills in all of the access that comes out, but its times.
    virtual void decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access) = 0;
    // It has taken its times.
    virtual void took(unsigned core, const access_extension &access) = 0;
};

} // namespace stagewalk
