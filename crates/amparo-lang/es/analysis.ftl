# Lo que dicen los papeles juntos: la línea de tiempo, qué pedir, y los puntos por aclarar.

# De quién es la palabra, después de una frase de la línea de tiempo.
how-stated = { "" }
how-set = { " " }(lo decidió la oficina)
how-read = { " " }(leído por máquina; revise la página)
how-said = { " " }(según su propia palabra)
how-derived = { " " }(calculado)

timeline-job-role = Trabajo con { $employer }, de { $role }{ $how }
timeline-job = Trabajo con { $employer }{ $how }
timeline-job-bare = Trabajo; el papel no dice con quién{ $how }
timeline-pay = Pago de { $employer }: { $gross_cents } antes de descuentos{ $how }
timeline-pay-net = Pago de { $employer }: { $net_cents } después de descuentos{ $how }
timeline-pay-employer = Pago de { $employer }{ $how }
timeline-pay-amount = Pago de { $gross_cents } antes de descuentos{ $how }
timeline-pay-bare = Pago por trabajo{ $how }
timeline-earnings-employer = Ganó { $amount_cents } en { $year } con { $employer } ({ $basis }){ $how }
timeline-earnings = Ganó { $amount_cents } en { $year } ({ $basis }){ $how }
timeline-earnings-bare = Ingresos de un año{ $how }
timeline-earnings-none = Sin ingresos anotados en { $year } ({ $basis }){ $how }
timeline-deposit = Depósito de { $amount_cents } de { $payer_raw }{ $how }
timeline-deposit-amount = Depósito de { $amount_cents }{ $how }
timeline-deposit-bare = Depósito{ $how }
timeline-entry-class = Entrada por { $port }, clase { $class }{ $how }
timeline-entry-class-code = Entrada, puerto con código { $port_code }, clase { $class }{ $how }
timeline-entry-class-only = Entrada, puerto no indicado, clase { $class }{ $how }
timeline-entry = Entrada por { $port }{ $how }
timeline-entry-code = Entrada, puerto con código { $port_code }{ $how }
timeline-entry-bare = Entrada, puerto no indicado{ $how }
timeline-exit = Salida por { $port }{ $how }
timeline-exit-code = Salida, puerto con código { $port_code }{ $how }
timeline-exit-bare = Salida, puerto no indicado{ $how }
timeline-status = Estatus: { $class }{ $how }
timeline-status-bare = Estatus{ $how }
timeline-filing-receipt = Formulario { $form } presentado, recibo { $receipt_number }{ $how }
timeline-filing = Formulario { $form } presentado{ $how }
timeline-filing-bare = Se presentó un formulario{ $how }
timeline-notice-type = Aviso { $form }: { $type }{ $how }
timeline-notice = Aviso { $form }{ $how }
timeline-notice-only-type = Aviso: { $type }{ $how }
timeline-notice-bare = Aviso{ $how }
timeline-hearing-court = Audiencia en { $court }{ $how }
timeline-hearing-bare = Audiencia{ $how }
timeline-order-form = Decisión sobre el formulario { $form }: { $type }{ $how }
timeline-order = Orden o decisión: { $type }{ $how }
timeline-order-bare = Orden o decisión{ $how }
timeline-encounter-agency = Encuentro con { $agency } en { $place }{ $how }
timeline-encounter = Encuentro en { $place }{ $how }
timeline-encounter-bare = Encuentro con agentes{ $how }
timeline-document = { $type }: fecha de emisión { $issued }, vence { $expires }{ $how }
timeline-document-expires = { $type }: vence { $expires }{ $how }
timeline-document-bare = { $type }{ $how }
timeline-document-only = Documento de viaje{ $how }
timeline-address = Domicilio: { $text }{ $how }
timeline-address-city = Domicilio en { $city }{ $how }
timeline-address-bare = Domicilio; el papel no dice dónde{ $how }
timeline-event-text = { $type }: { $text }{ $how }
timeline-event = { $type }{ $how }
timeline-event-only-text = { $text }{ $how }
timeline-event-bare = Pasó algo; el papel no dice qué{ $how }
timeline-calls = { $count ->
    [one] Una llamada
   *[other] { $count } llamadas
} en { $days ->
    [one] un día
   *[other] { $days } días
}, línea { $line }
timeline-calls-no-line = { $count ->
    [one] Una llamada
   *[other] { $count } llamadas
} en { $days ->
    [one] un día
   *[other] { $days } días
}
timeline-messages = { $count ->
    [one] Un mensaje
   *[other] { $count } mensajes
}

# Los meses que no están probados, y qué pedir.
lack-nothing = { $count ->
    [one] { $count } mes sin prueba
   *[other] { $count } meses sin prueba
}
lack-weak = { $count ->
    [one] { $count } mes con solo prueba débil
   *[other] { $count } meses con solo prueba débil
}
lack-out-of-reach = { $count ->
    [one] { $count } mes al que ninguna fuente llega
   *[other] { $count } meses a los que ninguna fuente llega
}
gap-nothing = Hueco: { $what } ({ $when })
gap-weak = Débil: { $what } ({ $when })
gap-out-of-reach = Fuera de alcance: { $what } ({ $when })
ask-why-each = Basta un papel por cada mes. Sirve cualquiera de estos:
ask-why-beyond = Nada de lo que tenemos llega a este tiempo. Si guardó algo, tráigalo. Si no, no se preocupe. Sirve cualquiera de estos:
ask-paper-rent = recibo de renta, de luz, de agua o de teléfono
ask-paper-clinic = papel de la clínica, del dentista o de la farmacia
ask-paper-child = papel de la escuela o de la clínica de su niño o niña
ask-paper-money = estado de cuenta del banco, o recibo de un envío de dinero
ask-paper-pay = talón de pago, o carta del trabajo
ask-paper-letter = papel de su iglesia, o carta de alguien que le vio entonces, con su nombre, su dirección y su firma
ask-paper-ticket = boleto de autobús, sobre de una carta, foto con fecha
ask-paper-stub = talón de pago
ask-paper-deposit = estado de cuenta del banco donde se vea lo que pagó el empleador
ask-paper-schedule = un horario, o un mensaje sobre el trabajo
ask-paper-employer = carta del empleador, o de alguien con quien trabajó
ask-paper-lease = contrato o recibo de renta
ask-paper-bill = recibo de luz, de agua o de teléfono que tenga su dirección
ask-paper-mail = una carta que llegó a su casa, con su sobre

finding-identity-differs = Dos papeles no coinciden en este dato: { $field }. Uno dice { $one } y otro dice { $other }.
finding-employment-gap = No hay trabajo anotado de { $from } a { $to }: { $months } meses entre dos tiempos de trabajo.{ $beyond ->
    [0] { "" }
   *[other] { " " }A { $beyond } de ellos no llega ninguna fuente.
}
finding-address-gap = No hay domicilio anotado de { $from } a { $to }: { $months } meses entre dos domicilios.{ $beyond ->
    [0] { "" }
   *[other] { " " }A { $beyond } de ellos no llega ninguna fuente.
}
finding-employment-overlap = Dos trabajos al mismo tiempo, de { $from } a { $to }: { $one } y { $other }.
finding-address-overlap = Dos domicilios al mismo tiempo, de { $from } a { $to }: { $one } y { $other }.
finding-employer-differs = Un papel de pago ({ $when }) nombra al empleador { $paper }; para ese tiempo el caso dice { $said }.
finding-job-date-differs = Dos papeles no coinciden sobre el trabajo con { $employer }, en este dato: { $field }. Uno dice { $one } y otro dice { $other }.
finding-earnings-differ = Dos papeles no coinciden en lo que se ganó en { $year } ({ $basis }): uno dice { $one } y otro dice { $other }.
finding-pay-differs = Dos papeles de pago de { $employer } ({ $when }) no coinciden: uno dice { $one } y otro dice { $other }.
finding-entry-differs = Dos papeles no coinciden en el día de una entrada: uno dice { $one } y otro dice { $other }.
finding-entry-class-differs = Dos papeles no coinciden sobre la entrada del { $when }: uno dice clase { $one } y otro dice clase { $other }.
finding-exports-differ = { $count ->
    [one] Una llamada de { $when } está
   *[other] { $count } llamadas de { $when } están
} en { $one } y no en { $other }, aunque los dos archivos alcanzan ese tiempo y son del mismo teléfono.
finding-end-before-start = Fechas que no pueden ser ({ $kind }): termina en { $end }, antes de empezar, en { $start }.
finding-expired-before-issued = Fechas que no pueden ser (documento de viaje): vence en { $expires }, antes de la fecha de emisión, { $issued }.
finding-paid-before-period = Fechas que no pueden ser (pago): se pagó en { $paid }, antes del tiempo que paga, { $period }.
finding-before-birth = Una fecha que no puede ser ({ $kind }): { $when } es antes de la fecha de nacimiento, { $birth }.
finding-in-the-future = Una fecha que no puede ser ({ $kind }): { $when } todavía no llegaba cuando se entregó el papel, { $given }.
