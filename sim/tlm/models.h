// The one door through which C++ sees the C models.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

// In C a function and a struct may share a name, and a struct is written where it is used.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wpragmas" // an older compiler does not know the next one
#pragma GCC diagnostic ignored "-Wc++20-extensions"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
extern "C" {
#include "models/cluster/charge.h"
#include "models/cluster/waits.h"
#include "platforms/zynqmp/params.h"
}
#pragma GCC diagnostic pop
