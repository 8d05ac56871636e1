using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Signals that would end a process at once, without a drain, and are sent by terminals, log rotation or limits: they stop it in
/// order, as SIGTERM, SIGINT and SIGQUIT do, which the host itself takes. A second signal changes nothing.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // USR1, USR2, XCPU, PWR by their numbers on Linux: .NET has no names for them.
    private static readonly PosixSignal[] OnLinux = [(PosixSignal)10, (PosixSignal)12, (PosixSignal)24, (PosixSignal)30];

    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals(IHostApplicationLifetime lifetime)
    {
        PosixSignal[] signals = OperatingSystem.IsLinux() ? [PosixSignal.SIGHUP, .. OnLinux] : [PosixSignal.SIGHUP];
        foreach (var signal in signals)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                lifetime.StopApplication();
            }));
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
