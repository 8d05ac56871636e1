using System.Data;
using System.Globalization;
using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>
/// Teaches Dapper's row parser the two types in which the databases differ: PostgreSQL has instants and ids, the sample database
/// has both as text.
/// </summary>
internal static class ColumnTypes
{
    /// <summary>Registers them with Dapper, whose table of types belongs to the process; may be called again.</summary>
    public static void Register()
    {
        SqlMapper.AddTypeHandler(new InstantType());
        SqlMapper.AddTypeHandler(new IdType());
    }

    private sealed class InstantType : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            string text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            _ => throw new InvalidCastException($"a {value.GetType().Name} is no instant"),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value;
    }

    private sealed class IdType : SqlMapper.TypeHandler<Guid>
    {
        public override Guid Parse(object value) => value as Guid? ?? Guid.Parse((string)value, CultureInfo.InvariantCulture);

        public override void SetValue(IDbDataParameter parameter, Guid value) => parameter.Value = value;
    }
}
