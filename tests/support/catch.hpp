#pragma once
/// Catch2 2.13 (Debian 12) or 3: the one place that knows which.
#ifdef SPAN_CATCH_V3
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
