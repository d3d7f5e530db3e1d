// Counting what holds and saying what does not.
#pragma once

#include <cstdint>
#include <iostream>
#include <string>

class checks {
  public:
    // What the checks to come are about.
    void about(const std::string &subject)
    {
        m_subject = subject;
    }
    void holds(const char *what, bool really)
    {
        (really ? m_passed : m_failed)++;
        if (!really)
            std::cout << "FAIL " << m_subject << ": " << what << "\n";
    }
    void equal(const char *what, std::uint64_t is, std::uint64_t wanted)
    {
        holds(what, is == wanted);
        if (is != wanted)
            std::cout << "     0x" << std::hex << is << ", not 0x" << wanted << std::dec << " (" << is << ", not "
                      << wanted << ")\n";
    }
    // Prints the count. Returns the exit status.
    int finish() const
    {
        std::cout << "foreign: " << m_passed << " passed, " << m_failed << " failed\n";
        return m_failed == 0 && m_passed > 0 ? 0 : 1;
    }

  private:
    std::string m_subject;
    unsigned m_passed = 0, m_failed = 0;
};
