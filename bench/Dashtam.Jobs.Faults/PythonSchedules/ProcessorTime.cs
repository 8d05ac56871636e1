using System.Globalization;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Processor time of a process, as the operating system counts it.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;
    private const int UserTicks = 11; // of the fields behind the name, which ends with a bracket
    private const int SystemTicks = 12;

    public static double Seconds(int processId)
    {
        var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[UserTicks], CultureInfo.InvariantCulture)
            + double.Parse(fields[SystemTicks], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
