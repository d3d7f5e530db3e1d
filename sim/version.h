/* The version of the program. */
#pragma once

#define STAGEWALK_VERSION "0.1.0"
