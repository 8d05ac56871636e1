namespace Dashtam.Jobs.Core.Settings;

/// <summary>The programs that read a setting.</summary>
[Flags]
public enum SettingReaders
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The scheduler.</summary>
    Scheduler = 1,

    /// <summary>The worker.</summary>
    Worker = 2,

    /// <summary>Programs that enqueue jobs.</summary>
    Producers = 4,

    /// <summary>Scheduler and worker.</summary>
    Both = Scheduler | Worker,

    /// <summary>All of them.</summary>
    All = Both | Producers,
}
