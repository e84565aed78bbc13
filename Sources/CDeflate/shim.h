// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !__has_include("../../.build/static/include/libdeflate.h")
#error "libdeflate is missing: run scripts/setup"
#endif
#include "../../.build/static/include/libdeflate.h"
