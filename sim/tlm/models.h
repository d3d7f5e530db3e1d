// The one door through which C++ sees the C models.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" // in C a function and a struct may share a name
extern "C" {
#include "models/cluster/charge.h"
#include "models/cluster/waits.h"
}
#pragma GCC diagnostic pop
