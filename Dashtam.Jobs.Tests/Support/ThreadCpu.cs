using System.Runtime.InteropServices;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What this thread has used of a core: a busy machine makes a clock on the wall say more, and this not.</summary>
internal static class ThreadCpu
{
    private const int ClockOfThread = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    private static readonly GetTime Clock = Marshal.GetDelegateForFunctionPointer<GetTime>(
        NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "clock_gettime"));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int GetTime(int clock, out Moment moment);

    public static TimeSpan Time() => Clock(ClockOfThread, out var moment) == 0
        ? TimeSpan.FromSeconds(moment.Seconds) + TimeSpan.FromTicks(moment.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : throw new InvalidOperationException("clock_gettime failed");

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Moment
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
